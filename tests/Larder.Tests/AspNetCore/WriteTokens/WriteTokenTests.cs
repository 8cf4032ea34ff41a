using Larder.Caching;
using Larder.Freshness;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Larder.Tests.AspNetCore.WriteTokens;

public sealed class WriteTokenTests
{
    private const string Header = "Larder-Write-Token";
    private const string Other = "00000000000000ff.7";

    [Fact]
    public async Task Post_ThatWrites_GivesTheTokenOfItsLastWrite()
    {
        await using var host = await StartAsync();

        using var first = await host.SendAsync(HttpMethod.Post, "/write?count=1");
        using var second = await host.SendAsync(HttpMethod.Post, "/write?count=3");

        var tokens = new[] { first, second }.Select(response => WriteToken.Parse(TokenOf(response)!, null)).ToArray();
        Assert.Equal([1, 4], tokens.Select(token => token.Seq));
        Assert.Equal(tokens[0].Epoch, tokens[1].Epoch);
    }

    [Fact]
    public async Task Post_ThatWritesNothing_GivesNone()
    {
        await using var host = await StartAsync();

        using var response = await host.SendAsync(HttpMethod.Post, "/write?count=0");

        Assert.Null(TokenOf(response));
    }

    [Fact]
    public async Task Post_ThatBroughtPoison_GivesItBack()
    {
        await using var host = await StartAsync();

        using var response = await host.SendAsync(HttpMethod.Post, "/write?count=1", (Header, "poison"));

        Assert.Equal("poison", TokenOf(response));
    }

    [Fact]
    public async Task Get_WithAToken_ReadsUnderItAndTheNextRequestDoesNot()
    {
        await using var host = await StartAsync();

        using var with = await host.SendAsync("/token", (Header, Other));
        using var without = await host.SendAsync("/token");

        Assert.Equal((Other, ""), (await with.Content.ReadAsStringAsync(), await without.Content.ReadAsStringAsync()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("00000000000000ff.07")]
    [InlineData(Other + "," + Other)]
    [InlineData("POISON")]
    public async Task Get_WithWhatIsNoToken_IsAsWithoutOne(string text)
    {
        await using var host = await StartAsync();

        using var response = await host.SendAsync("/token", (Header, text));

        Assert.Equal("", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Get_WithTwoTokens_IsAsWithoutOne()
    {
        await using var host = await StartAsync();

        using var response = await host.SendAsync("/token", (Header, Other), (Header, Other));

        Assert.Equal("", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task EndedAsync_AWriteIsStillBeingPublished_WaitsForItsToken()
    {
        var written = new WrittenTokens();
        written.Note(new(1, 5));
        written.Begin();
        var ended = written.EndedAsync().AsTask();
        Assert.False(ended.IsCompleted);

        written.End(new(1, 4));

        Assert.Equal(new WriteToken(1, 5), await ended.Soon());
    }

    [Fact]
    public async Task EndedAsync_WritesOfTwoEpochs_IsPoison()
    {
        var written = new WrittenTokens();
        written.Note(new(1, 5));
        written.Note(new(3, 1));

        Assert.Equal(WriteToken.Poison, await written.EndedAsync());
    }

    private static string? TokenOf(HttpResponseMessage response) => response.Headers.TryGetValues(Header, out var values) ? values.Single() : null;

    private static Task<WebHost> StartAsync() => WebHost.StartAsync(app =>
    {
        app.UseLarderWriteTokens();
        app.MapGet("/token", () => FreshnessContext.Token.ToString());
        app.MapPost("/write", async (int count, HttpContext http) =>
        {
            for (var i = 0; i < count; i++)
            {
                await http.RequestServices.GetRequiredService<LarderCache>().InvalidateAsync(["word"], "a test", "it says so");
            }

            return "done";
        });
    });
}
