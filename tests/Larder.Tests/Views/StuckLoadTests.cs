using Larder.Tests.Caching;
using Larder.Tests.Data;
using Larder.Views;
using Larder.Views.Sources;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Larder.Tests.Views;

/// <summary>Whatever goes wrong, nobody waits for ever: each call here ends, and so does the next one for the same section.</summary>
public sealed class StuckLoadTests : IAsyncDisposable
{
    private readonly ViewHost _host = new();

    [Fact]
    public async Task Get_CodeThrowsBeforeItsFirstAwait_FailsForAll()
    {
        var view = View.Create("thrown").Required("a", Code.Ask<string>((_, _) => throw new FormatException())).Build();

        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => _host.GetAsync(view))));

        Assert.All(results, result => Assert.Equal(SectionFailureKind.Error, result.Failure!.Kind));
    }

    [Fact]
    public async Task Get_CodeIgnoresItsToken_TimesOutAllTheSame()
    {
        var never = new TaskCompletionSource<string?>();
        var started = new TaskCompletionSource();
        var view = View.Create("deaf").Required("a", Code.Ask<string>((_, _) =>
        {
            started.SetResult();
            return new ValueTask<string?>(never.Task);
        })).Build();

        var getting = _host.GetAsync(view);
        await started.Task.Soon();
        _host.Time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(SectionFailureKind.Timeout, (await getting).Failure!.Kind);
    }

    /// <summary>Once wrong: code that blocks its thread held up all other sections, and its own time limit.</summary>
    [Fact]
    public async Task Get_CodeBlocksItsThread_HoldsNobodyUp()
    {
        using var release = new ManualResetEventSlim();
        using var database = new SqliteTestDatabase();
        var isRead = new TaskCompletionSource();
        database.OnStatement = _ => isRead.TrySetResult();
        await using var host = new ViewHost(database.ForViews);
        var view = View.Create("blocking").Optional("a", Code.Ask<string>((_, token) =>
        {
            release.Wait(CancellationToken.None);
            return new("late");
        })).Required("b", Sql.Row<int>("SELECT 2")).Build();

        var getting = Task.Run(() => host.GetAsync(view));
        await isRead.Task.Soon();
        await Patience.UntilAsync(() => Task.FromResult(host.Time.PendingTimers == 1));
        host.Time.Advance(TimeSpan.FromSeconds(5));
        var result = await getting;
        release.Set();

        Assert.Equal("""{"a":null,"b":2}""", host.DataTextOf(result));
        Assert.Equal("a:timeout", ViewHost.ErrorsOf(result));
    }

    [Fact]
    public async Task Get_LeaderOfManySectionsFailsAtOne_FollowersOfTheOthersAreServed()
    {
        var load = new HeldLoad<string>();
        using var leaving = new CancellationTokenSource();
        var view = View.Create("levels")
            .Optional("bad", Code.Ask<string>((_, _) => throw new FormatException()))
            .Required("first", Code.Ask<string>((_, token) => load.RunAsync(token)!))
            .Required("second", Code.Ask<string>((context, _) => new("after " + context.Inputs.Get<string>("x"))).From("x", "first", (string first) => first)).Build();
        var leader = _host.GetAsync(view, cancellationToken: leaving.Token);
        var followers = Enumerable.Range(0, 10).Select(_ => _host.GetAsync(view)).ToArray();
        await load.Started.Soon();

        // Between the levels: the leader has left when the first level ends.
        await leaving.CancelAsync();
        load.Succeed("value");

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leader);
        Assert.All(await Task.WhenAll(followers), result => Assert.Equal("""{"bad":null,"first":"value","second":"after value"}""", _host.DataTextOf(result)));
    }

    /// <summary>Once wrong: a tag that cannot be left the other sections' flights in the air, and who joined them waited for ever.</summary>
    [Fact]
    public async Task Get_LookupOfOneSectionThrows_FailsThatSectionAndReadsTheOthers()
    {
        var view = View.Create("lookup").Parameter<string>("name", name => name.Between(1, 2000)).Tag("n:{name}")
            .Required("a", Code.Ask<string>((_, _) => new("a")))
            .Optional("b", Code.Ask<string>((_, _) => new("b")).Uses("name")).Build();
        var query = "name=" + new string('x', 1500);

        Assert.Equal("b:error", ViewHost.ErrorsOf(await _host.GetAsync(view, query)));
        Assert.Equal(SectionOutcome.Hit, (await _host.GetAsync(view, query)).OutcomeOf("a"));
    }

    [Fact]
    public async Task Get_LogThrows_StillEnds()
    {
        await using var host = new ViewHost(services => services.AddLogging(logging => logging.AddProvider(new ThrowingLog())));
        var view = View.Create("logged").Optional("a", Code.Ask<string>((_, _) => throw new FormatException()))
            .Required("b", Code.Ask<string>((_, _) => new("b"))).Build();

        Assert.Equal("""{"a":null,"b":"b"}""", host.DataTextOf(await host.GetAsync(view)));
    }

    [Fact]
    public async Task Get_SectionIsNoJson_FailsThatSectionOnly()
    {
        var view = View.Create("cyclic").Optional("a", Code.Ask<Node>((_, _) => new(new Node()))).Required("b", Code.Ask<string>((_, _) => new("b"))).Build();

        Assert.Equal("a:error", ViewHost.ErrorsOf(await _host.GetAsync(view)));
    }

    [Fact]
    public async Task Get_ManyUncachedSections_AreAllThereWhenTheCallEnds()
    {
        var builder = View.Create("uncached").Policy("cart");
        for (var i = 0; i < 20; i++)
        {
            var value = $"v{i}";
            builder.Required($"s{i}", Code.Ask<string>(async (_, _) =>
            {
                await Task.Yield();
                return value;
            }));
        }

        var view = builder.Build();
        for (var call = 0; call < 200; call++)
        {
            Assert.All((await _host.GetAsync(view)).Runs, run => Assert.NotNull(run.Fragment));
        }
    }

    [Fact]
    public async Task Get_CancelledBeforehand_AsksNobody()
    {
        var asked = false;
        var view = View.Create("never").Required("a", Code.Ask<string>((_, _) =>
        {
            asked = true;
            return new("a");
        })).Build();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _host.GetAsync(view, cancellationToken: new CancellationToken(canceled: true)));
        Assert.False(asked);
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private sealed class Node
    {
        public Node Self => this;
    }

    private sealed class ThrowingLog : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (exception is FormatException)
            {
                throw new InvalidOperationException("the disk is full");
            }
        }

        public void Dispose()
        {
        }
    }
}
