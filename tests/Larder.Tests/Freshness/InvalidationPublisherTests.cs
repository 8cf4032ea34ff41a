using Larder.Caching;
using Larder.Freshness;
using Larder.Tests.Caching;
using Microsoft.Extensions.DependencyInjection;

namespace Larder.Tests.Freshness;

public sealed class InvalidationPublisherTests : IDisposable
{
    private readonly TestCache _test = new(services: services => services.AddSingleton<IInvalidationLog>(
        provider => new UnreliableLog(provider.GetRequiredService<FreshnessNode>())));

    private LarderCache Cache => _test.Cache;

    private UnreliableLog Log => (UnreliableLog)_test.Services.GetRequiredService<IInvalidationLog>();

    private InvalidationPublisher Publisher => _test.Services.GetRequiredService<InvalidationPublisher>();

    public void Dispose() => _test.Dispose();

    [Theory(Timeout = 30_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task PublishAsync_LogFails_TheWriterIsPoisonedAndTheNodeBypassesUntilItIsIn(bool failsAtOnce)
    {
        await GetAsync("first");
        (Log.IsAway, Log.FailsAtOnce) = (true, failsAtOnce);

        Assert.Equal(WriteToken.Poison, await Cache.InvalidateAsync(["word"], "test"));
        Assert.Equal("second", await GetAsync("second"));
        Assert.Equal("third", await GetAsync("third"));
        Assert.Equal("other", await GetAsync("other", key: "other key", word: "other"));
        Assert.Equal("other", await GetAsync("not asked", key: "other key", word: "other"));

        Log.IsAway = false;
        await LetItRetryAsync();
        Assert.Equal("fourth", await GetAsync("fourth"));
        Assert.Equal("fourth", await GetAsync("not asked"));
        Assert.Equal(1, Log.Appended);
    }

    [Fact(Timeout = 30_000)]
    public async Task PublishAsync_LogFailsForMoreThanIsKept_EverythingIsBypassedUntilOneRecordOfEverythingIsIn()
    {
        await GetAsync("first", "other key", "other");
        Log.IsAway = true;
        for (var i = 0; i <= 1_024; i++)
        {
            await Publisher.PublishAsync(new WriteSet(HandTags.Word($"{i}")));
        }

        Assert.Equal("second", await GetAsync("second", "other key", "other"));
        Log.IsAway = false;
        await LetItRetryAsync();

        Assert.Equal("third", await GetAsync("third", "other key", "other"));
        Assert.Equal("third", await GetAsync("not asked", "other key", "other"));
        Assert.Equal(1, Log.Appended);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task BypassUntilResolved_OutcomeFoundOut_PublishesIfItWasCommittedAndServesAgain(bool isCommitted)
    {
        await GetAsync("first");
        var unresolved = Publisher.BypassUntilResolved(new WriteSet(HandTags.Word("word")));
        Assert.Equal("second", await GetAsync("second"));

        var token = await unresolved.ResolveAsync(isCommitted);
        Assert.True((await unresolved.ResolveAsync(!isCommitted)).IsNone);

        Assert.Equal((isCommitted, isCommitted ? 1 : 0), (!token.IsNone, Log.Appended));
        Assert.Equal(isCommitted ? "third" : "first", await GetAsync("third"));
    }

    [Fact(Timeout = 30_000)]
    public async Task BypassUntilResolved_LoadInFlightFromBefore_IsNeitherJoinedNorStored()
    {
        var held = new HeldLoad<string>();
        var earlier = Cache.GetOrCreateAsync("key", held, TestCache.Minute, static (held, token) => held.RunAsync(token), ["word"]).AsTask();
        var unresolved = Publisher.BypassUntilResolved(new WriteSet(HandTags.Word("word")));
        Assert.Equal("after", await GetAsync("after"));
        held.Succeed("before");
        Assert.Equal("before", await earlier);
        await unresolved.ResolveAsync(isCommitted: false);

        Assert.False(Cache.TryGet<string>("key", out _));
    }

    [Fact]
    public async Task PublishAsync_MoreTagsThanARecordTakes_CountsAsEverything()
    {
        await GetAsync("first");
        await Publisher.PublishAsync(new WriteSet([.. Enumerable.Range(0, WriteSet.MaxTags + 1).Select(i => Tag.Fine($"{i}"))]));

        Assert.Equal("second", await GetAsync("second"));
    }

    [Fact]
    public async Task InvalidateAsync_WithoutTagsOrBy_IsRefused()
    {
        await Assert.ThrowsAsync<ArgumentException>(() => Cache.InvalidateAsync([], "test").AsTask());
        await Assert.ThrowsAsync<ArgumentException>(() => Cache.InvalidateAsync([""], "test").AsTask());
        await Assert.ThrowsAsync<ArgumentException>(() => Cache.InvalidateAsync(["word"], " ").AsTask());
        Assert.Equal(0, Log.Appended);
    }

    [Fact(Timeout = 30_000)]
    public async Task RemoveByTag_LogThatTakesItsTime_BypassesUntilItIsIn()
    {
        await GetAsync("first");
        var held = Log.Hold();
        Cache.RemoveByTag("word");

        Assert.Equal("second", await GetAsync("second"));
        held.SetResult();
        while (_test.Services.GetRequiredService<FreshnessNode>().Now.Bypass is not null)
        {
            await Task.Yield();
        }

        Assert.Equal("third", await GetAsync("third"));
        Assert.Equal("third", await GetAsync("not asked"));
    }

    private Task<string> GetAsync(string loaded, string key = "key", string word = "word") =>
        Cache.GetOrCreateAsync(key, loaded, TestCache.Minute, static (loaded, _) => new ValueTask<string>(loaded), [word]).AsTask();

    private async Task LetItRetryAsync()
    {
        var node = _test.Services.GetRequiredService<FreshnessNode>();
        while (node.Now.Bypass is not null)
        {
            _test.Time.Advance(TimeSpan.FromSeconds(5));
            await Task.Yield();
        }
    }

    private sealed class UnreliableLog(FreshnessNode node) : IInvalidationLog
    {
        private TaskCompletionSource? _held;

        internal bool IsAway { get; set; }

        internal bool FailsAtOnce { get; set; }

        internal int Appended { get; private set; }

        internal TaskCompletionSource Hold() => _held = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ValueTask<WriteToken> AppendAsync(WriteSet writes) => IsAway && FailsAtOnce ? throw new IOException() : AppendLaterAsync(writes);

        private async ValueTask<WriteToken> AppendLaterAsync(WriteSet writes)
        {
            if (IsAway)
            {
                throw new IOException();
            }

            if (_held is not null)
            {
                await _held.Task;
            }

            Appended++;
            var record = new LogRecord(9, node.Now.Applied + 1, writes);
            node.Apply(record);
            return new(9, record.Seq);
        }
    }
}
