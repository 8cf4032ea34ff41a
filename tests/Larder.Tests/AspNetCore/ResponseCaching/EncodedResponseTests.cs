using System.IO.Compression;
using System.Net;
using Larder.AspNetCore.ResponseCaching;
using Larder.Views;
using Larder.Views.Sources;
using Microsoft.AspNetCore.Builder;

namespace Larder.Tests.AspNetCore.ResponseCaching;

/// <summary>The compressed forms of a response: made once, in the background, and chosen by what the client wants.</summary>
public sealed class EncodedResponseTests : IAsyncLifetime
{
    private static readonly string Long = string.Join(' ', Enumerable.Range(0, 600).Select(i => $"word {i}"));
    private WebHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await WebHost.StartAsync(app =>
    {
        app.MapView("/long", "long", view => view.Required("text", Code.Ask<string>((_, _) => new(Long))));
        app.MapView("/short", "short", view => view.Required("text", Code.Ask<string>((_, _) => new("short"))));
    });

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData("br, gzip", "br")]
    [InlineData("gzip, br", "br")]
    [InlineData("br;q=0.5, gzip", "gzip")]
    [InlineData("gzip", "gzip")]
    [InlineData("*", "br")]
    [InlineData("br;q=0.5, identity", null)]
    [InlineData("deflate, zstd", null)]
    [InlineData("br;q=0, gzip;q=0", null)]
    public async Task Get_AcceptEncoding_ChoosesTheFormThatIsWantedMost(string accepted, string? coding)
    {
        var plain = await MakeFormsAsync();

        var response = await _host.SendAsync("/long", ("Accept-Encoding", accepted));

        Assert.Equal((coding, "Accept-Encoding", plain.Header("ETag")), (response.Header("Content-Encoding"), response.Header("Vary"), response.Header("ETag")));
        Assert.Equal(await plain.TextAsync(), await DecodedAsync(response));
        Assert.Equal((await response.Content.ReadAsByteArrayAsync()).Length, response.Content.Headers.ContentLength);
    }

    [Fact]
    public async Task Get_NotModified_IsAnsweredWhateverTheForm()
    {
        var etag = (await MakeFormsAsync()).Header("ETag")!;

        Assert.Equal(HttpStatusCode.NotModified, (await _host.SendAsync("/long", ("Accept-Encoding", "br"), ("If-None-Match", etag))).StatusCode);
    }

    [Fact]
    public async Task Get_ShortBody_IsNotCompressed()
    {
        for (var i = 0; i < 5; i++)
        {
            Assert.Null((await _host.SendAsync("/short", ("Accept-Encoding", "br, gzip"))).Header("Content-Encoding"));
        }
    }

    [Theory]
    [InlineData("/short", "identity;q=0, br", "br")]
    [InlineData("/long", "*;q=0, gzip", "gzip")]
    [InlineData("/long", "gzip, identity;q=0, br;q=0.5", "gzip")]
    public async Task Get_IdentityRefused_IsCompressedForTheRequest(string path, string accepted, string coding)
    {
        var miss = await _host.SendAsync(path, ("Accept-Encoding", accepted));
        var hit = await _host.SendAsync(path, ("Accept-Encoding", accepted));

        Assert.Equal((coding, coding), (miss.Header("Content-Encoding"), hit.Header("Content-Encoding")));
        Assert.Contains("\"cached\":false", await DecodedAsync(miss));
        Assert.Contains("\"cached\":true", await DecodedAsync(hit));
    }

    [Fact]
    public async Task Get_EveryFormRefused_Is406()
    {
        var refused = await _host.SendAsync("/long", ("Accept-Encoding", "*;q=0"));

        Assert.Equal((HttpStatusCode.NotAcceptable, null), (refused.StatusCode, refused.Header("ETag")));
        Assert.Equal("application/problem+json", refused.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public void Make_BodyThatDoesNotShrink_KeepsNoForm()
    {
        var body = new byte[4096];
        new Random(1).NextBytes(body);
        var forms = EncodedBodies.For(body.Length, "application/json");

        Assert.True(forms.TryBegin());
        Assert.False(forms.TryBegin());
        forms.Make(body);

        Assert.Equal((null, null), (forms.Brotli, forms.Gzip));
        Assert.Equal(0, EncodedBodies.For(4096, "image/png").MaxBytes);
        Assert.Equal(0, EncodedBodies.For(1023, "text/html").MaxBytes);
    }

    private async Task<HttpResponseMessage> MakeFormsAsync()
    {
        await _host.SendAsync("/long");
        await Patience.UntilAsync(async () => (await _host.SendAsync("/long", ("Accept-Encoding", "gzip"))).Header("Content-Encoding") is not null);
        return await _host.SendAsync("/long");
    }

    private static async Task<string> DecodedAsync(HttpResponseMessage response)
    {
        var content = await response.Content.ReadAsStreamAsync();
        await using var stream = response.Header("Content-Encoding") switch
        {
            "br" => new BrotliStream(content, CompressionMode.Decompress),
            "gzip" => new GZipStream(content, CompressionMode.Decompress),
            _ => content,
        };
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync();
    }
}
