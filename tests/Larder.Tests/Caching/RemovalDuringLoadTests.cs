using Larder.Caching;
using Microsoft.Extensions.DependencyInjection;

namespace Larder.Tests.Caching;

public sealed class RemovalDuringLoadTests : IDisposable
{
    private readonly TestCache _test = new();
    private readonly HeldLoad<string> _old = new();

    public static TheoryData<string> Removals => ["key", "tag", "pattern", "everything"];

    private LarderCache Cache => _test.Cache;

    public void Dispose() => _test.Dispose();

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Removals))]
    public async Task Remove_WhileTheKeyLoads_EarlierCallersAreAnsweredAndLaterOnesLoadAnew(string by)
    {
        var fresh = new HeldLoad<string>();
        var earlier = GetAsync(_old);
        RemoveBy(by);
        var later = GetAsync(fresh);

        fresh.Succeed("new");
        Assert.Equal("new", await later);
        _old.Succeed("old");
        Assert.Equal("old", await earlier);

        Assert.True(Cache.TryGet<string>("bff:app:key", out var stored));
        Assert.Equal("new", stored);
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Removals))]
    public async Task Remove_WhileTheKeyLoads_ItsResultIsNotStored(string by)
    {
        var earlier = GetAsync(_old);
        RemoveBy(by);
        _old.Succeed("old");
        await earlier;

        Assert.False(Cache.TryGet<string>("bff:app:key", out _));
    }

    [Fact(Timeout = 30_000)]
    public async Task Remove_OfOtherKeysTagsAndPatterns_LeavesTheLoadAlone()
    {
        var earlier = GetAsync(_old);
        Cache.Remove("bff:app:other");
        Cache.RemoveByTag("other");
        Cache.RemoveByPattern("bff:other:*");
        _old.Succeed("value");
        await earlier;

        Assert.True(Cache.TryGet<string>("bff:app:key", out _));
    }

    [Fact(Timeout = 30_000)]
    public async Task Set_WhileTheKeyLoads_TheValueSetStays()
    {
        var earlier = GetAsync(_old);
        Cache.Set("bff:app:key", "set", TestCache.Minute);
        _old.Succeed("old");

        Assert.Equal("old", await earlier);
        Assert.True(Cache.TryGet<string>("bff:app:key", out var stored));
        Assert.Equal("set", stored);
    }

    [Fact]
    public void RemoveByTag_LoadWhoseTagsAreNotKnownYet_IsNotStored()
    {
        using var flight = Cache.BeginLoad<string>("key").Flight!;
        Cache.RemoveByTag("tag");
        flight.Complete("old", TestCache.Minute, ["tag"]);

        Assert.False(Cache.TryGet<string>("key", out _));
    }

    [Fact]
    public void Remove_AfterTheLoadEndedAndBeforeItsResultIsIn_ItIsNotStored()
    {
        using var flight = Cache.BeginLoad<Sized>("key").Flight!;
        flight.Complete(new Sized(() => Cache.Remove("key")), TestCache.Minute);

        Assert.False(Cache.TryGet<Sized>("key", out _));
    }

    [Fact]
    public void BeginLoad_ValueStoredBetweenTheLookAndTheLoad_IsAHit()
    {
        using var test = new TestCache(services: services => services.AddSingleton<TimeProvider>(new HookedTime()));
        var time = (HookedTime)test.Services.GetRequiredService<TimeProvider>();
        test.Cache.Set("key", "expired", TestCache.Minute);
        time.Now = TimeSpan.FromMinutes(2).Ticks;

        // The look at the expired entry asks the clock; another caller's load ends just then.
        time.OnNextAsked = () => test.Cache.Set("key", "loaded meanwhile", TestCache.Minute);

        Assert.Equal("loaded meanwhile", test.Cache.BeginLoad<string>("key").Value);
    }

    [Fact(Timeout = 30_000)]
    public async Task Remove_AgainstLoadsFromManyThreads_NeverLeavesAValueReadBeforeIt()
    {
        // The source is a counter; a writer raises it, then removes the key. Whoever starts after that must not see the old count.
        var source = 0;
        using var done = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
            {
                await ReadAsync();
                await Task.Yield();
            }
        })).ToList();

        for (var write = 1; write <= 1_000; write++)
        {
            Volatile.Write(ref source, write);
            Cache.Remove("counter");
            Assert.Equal(write, await ReadAsync());
        }

        await done.CancelAsync();
        await Task.WhenAll(readers);

        ValueTask<int> ReadAsync() => Cache.GetOrCreateAsync("counter", TestCache.Minute, async _ =>
        {
            var read = Volatile.Read(ref source);
            await Task.Yield();
            return read;
        });
    }

    private Task<string> GetAsync(HeldLoad<string> load) => Cache.GetOrCreateAsync(
        "bff:app:key", load, TestCache.Minute, static (load, token) => load.RunAsync(token), ["tag", "second"]).AsTask();

    private void RemoveBy(string by)
    {
        object _ = by switch
        {
            "key" => Cache.Remove("bff:app:key"),
            "tag" => Cache.RemoveByTag("tag"),
            "pattern" => Cache.RemoveByPattern("bff:app:*"),
            _ => Cache.RemoveByTag("*"),
        };
    }

    private sealed class Sized(Action measured) : ICacheSized
    {
        public long SizeInBytes
        {
            get
            {
                measured();
                return 1;
            }
        }

        public bool SaysTheSame(object? other) => other is Sized;
    }

    private sealed class HookedTime : TimeProvider
    {
        internal long Now { get; set; }

        internal Action? OnNextAsked { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp()
        {
            var hook = OnNextAsked;
            OnNextAsked = null;
            hook?.Invoke();
            return Now;
        }
    }
}
