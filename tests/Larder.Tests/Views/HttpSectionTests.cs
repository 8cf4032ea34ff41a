using Larder.Views;
using Larder.Views.Sources;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Larder.Tests.Views;

/// <summary>Sections read from another service, over a real connection, on a clock that the test moves.</summary>
public sealed class HttpSectionTests : IAsyncLifetime
{
    private RatingServer _server = null!;
    private ViewHost _host = null!;

    private static View Rated { get; } = View.Create("rated").Parameter<string>("id").OptionalParameter<string>("lang")
        .Required("name", Code.Compute(_ => "thing"))
        .Optional("rating", Http.Get<Rating>("ratings", "ratings/{id}?lang={lang}"), section => section.Policy("cart"))
        .Optional("local", Code.Ask<string>((_, _) => new("local"))).Build();

    public async ValueTask InitializeAsync()
    {
        _server = await RatingServer.StartAsync();
        _host = NewHost();
    }

    [Fact]
    public async Task Get_Answer_HasTheShapeOfTheTypeAndNoOther()
    {
        var result = await _host.GetAsync(Rated, "id=1");

        Assert.Equal("""{"name":"thing","rating":{"stars":4.5,"votes":12},"local":"local"}""", _host.DataTextOf(result));
    }

    [Fact]
    public async Task Get_CacheablePolicy_AsksOnce()
    {
        var view = View.Create("cached").Parameter<int>("id").Required("rating", Http.Get<Rating>("ratings", "ratings/{id}")).Build();
        await _host.GetAsync(view, "id=1");
        await _host.GetAsync(view, "id=2");

        Assert.True((await _host.GetAsync(view, "id=1")).IsCached);
        Assert.Equal(["/api/ratings/1", "/api/ratings/2"], _server.Targets);
    }

    [Theory]
    [InlineData("id=1", "/api/ratings/1?lang=")]
    [InlineData("id=a%20b%2Fc%3Fd%23e&lang=de%26x", "/api/ratings/a%20b%2Fc%3Fd%23e?lang=de%26x")]
    [InlineData("id=..%2Fadmin", "/api/ratings/..%2Fadmin?lang=")]
    [InlineData("id=%C3%BC", "/api/ratings/%C3%BC?lang=")]
    [InlineData("id=...", "/api/ratings/...?lang=")]
    public async Task Get_InputsInThePath_AreEscaped(string query, string target)
    {
        await _host.GetAsync(Rated, query);

        Assert.Equal([target], _server.Targets);
    }

    /// <summary>Once wrong: the id ".." asked for the folder above.</summary>
    [Theory]
    [InlineData("id=..")]
    [InlineData("id=.")]
    public async Task Get_InputThatIsNoSegment_IsNullAndAsksNothing(string query)
    {
        var result = await _host.GetAsync(Rated, query);

        Assert.Null(_host.DataOf(result)["rating"]);
        Assert.True(result.IsComplete);
        Assert.Empty(_server.Targets);
    }

    [Fact]
    public async Task Get_NotFoundOrNull_IsNullAndComplete()
    {
        foreach (var (status, body) in new[] { (404, "no such thing"), (200, "null") })
        {
            _server.AnswerWith(status, body);
            var result = await _host.GetAsync(Rated, "id=1");

            Assert.Null(_host.DataOf(result)["rating"]);
            Assert.True(result.IsComplete);
        }
    }

    [Fact]
    public async Task Get_ServerError_IsRetriedThenAnError()
    {
        _server.AnswerWith(500);

        var result = await _host.GetAsync(Rated, "id=1");

        Assert.Equal("rating:error", ViewHost.ErrorsOf(result));
        Assert.Equal("local", (string)_host.DataOf(result)["local"]!);
        Assert.Equal(3, _server.Targets.Count);
    }

    [Fact]
    public async Task Get_ServerErrorOnce_IsNotNoticed()
    {
        var answer = _server.Answer;
        _server.Answer = context =>
        {
            _server.Answer = answer;
            context.Response.StatusCode = 503;
            return Task.CompletedTask;
        };

        Assert.True((await _host.GetAsync(Rated, "id=1")).IsComplete);
        Assert.Equal(2, _server.Targets.Count);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(302)]
    public async Task Get_OtherAnswer_IsAnErrorAndNotRetried(int status)
    {
        _server.AnswerWith(status);

        Assert.Equal("rating:error", ViewHost.ErrorsOf(await _host.GetAsync(Rated, "id=1")));
        Assert.Single(_server.Targets);
    }

    [Theory]
    [InlineData("{\"stars\":")]
    [InlineData("<html>")]
    [InlineData("")]
    [InlineData("{\"stars\":\"many\",\"votes\":1}")]
    public async Task Get_MalformedJson_IsAnError(string body)
    {
        _server.AnswerWith(200, body);

        Assert.Equal("rating:error", ViewHost.ErrorsOf(await _host.GetAsync(Rated, "id=1")));
    }

    /// <summary>Once wrong: it was retried, and reported as a service that cannot be reached.</summary>
    [Fact]
    public async Task Get_AnswerThatIsTooLarge_IsAnErrorAndNotRetried()
    {
        _server.AnswerWith(200, $$"""{"stars":1,"votes":1,"filler":"{{new string('x', 3000)}}"}""");

        Assert.Equal("rating:error", ViewHost.ErrorsOf(await _host.GetAsync(Rated, "id=1")));
        Assert.Single(_server.Targets);
    }

    [Fact]
    public async Task Get_NobodyListens_IsUnavailable()
    {
        await _server.DisposeAsync();

        Assert.Equal("rating:unavailable", ViewHost.ErrorsOf(await _host.GetAsync(Rated, "id=1")));
    }

    [Fact]
    public async Task Get_NoAnswerWithinTheLimit_TimesOut()
    {
        var asked = new SemaphoreSlim(0);
        _server.Answer = async context =>
        {
            asked.Release();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        };

        var getting = _host.GetAsync(Rated, "id=1");
        for (var attempt = 0; attempt < 3; attempt++)
        {
            await asked.WaitAsync().Soon();
            _host.Time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal("rating:timeout", ViewHost.ErrorsOf(await getting));
    }

    [Fact]
    public async Task Get_SectionsLimitEndsBeforeTheAttempts_TimesOut()
    {
        var asked = new SemaphoreSlim(0);
        _server.Answer = async context =>
        {
            asked.Release();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        };
        var view = View.Create("short").Optional("rating", Http.Get<Rating>("ratings", "ratings/1"), section => section.Timeout(TimeSpan.FromMilliseconds(500)))
            .Required("name", Code.Ask<string>((_, _) => new("thing"))).Build();

        var getting = _host.GetAsync(view);
        await asked.WaitAsync().Soon();
        _host.Time.Advance(TimeSpan.FromMilliseconds(500));

        Assert.Equal("rating:timeout", ViewHost.ErrorsOf(await getting));
        Assert.Single(_server.Targets);
    }

    [Fact]
    public async Task Get_ManyFailures_OpenTheCircuitUntilItsTimeIsOver()
    {
        _server.AnswerWith(500);
        Assert.Equal("rating:error", ViewHost.ErrorsOf(await _host.GetAsync(Rated, "id=1")));
        Assert.Equal("rating:unavailable", ViewHost.ErrorsOf(await _host.GetAsync(Rated, "id=1")));
        var asked = _server.Targets.Count;
        Assert.Equal("rating:unavailable", ViewHost.ErrorsOf(await _host.GetAsync(Rated, "id=1")));
        Assert.Equal(asked, _server.Targets.Count);

        _server.AnswerWith(200, """{"stars":1,"votes":2}""");
        _host.Time.Advance(TimeSpan.FromSeconds(5));

        Assert.True((await _host.GetAsync(Rated, "id=1")).IsComplete);
        Assert.Equal(asked + 1, _server.Targets.Count);
    }

    [Theory]
    [InlineData("http://localhost/api", "slash")]
    [InlineData("api/", "absolute")]
    public void AddHttpSource_BadAddress_IsRefusedAtStart(string address, string message)
    {
        using var services = new ServiceCollection().AddLarder().Configure(address).BuildServiceProvider();

        var refused = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IOptionsMonitor<HttpSourceOptions>>().Get("ratings"));

        Assert.Contains(message, refused.Message);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _server.DisposeAsync();
    }

    private ViewHost NewHost() => new(services => services
        .AddHttpSource("ratings", options =>
        {
            options.Address = _server.Address;
            options.RetryDelay = TimeSpan.Zero;
            options.AttemptTimeout = TimeSpan.FromSeconds(1);
            options.MinimumThroughput = 4;
            options.MaxResponseBytes = 2000;
        })
        .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false }));

    private sealed record Rating(decimal Stars, int Votes);
}

file static class HttpSourceExtensions
{
    public static IServiceCollection Configure(this IServiceCollection services, string address)
    {
        services.AddHttpSource("ratings", options => options.Address = new Uri(address, UriKind.RelativeOrAbsolute));
        return services;
    }
}
