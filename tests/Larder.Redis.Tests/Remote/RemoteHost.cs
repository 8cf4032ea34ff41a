using Larder.Caching;
using Larder.Freshness;
using Larder.Redis.Resp;
using Larder.Remote;
using Larder.Tests.Remote;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Larder.Redis.Tests.Remote;

/// <summary>A cache over a redis-server, with a log of a fixed epoch that it may share.</summary>
internal sealed class RemoteHost : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    internal RemoteHost(RespSettings settings, FixedEpochLog log)
    {
        _services = new ServiceCollection()
            .AddLogging(logging => logging.AddProvider(Lines))
            .AddLarder()
            .AddSingleton(provider => new RedisNode(settings, TimeProvider.System, provider.GetRequiredService<ILogger<RedisNode>>()))
            .AddRedisRemoteStore()
            .AddSingleton(provider => log.Join(provider.GetRequiredService<FreshnessNode>()))
            .BuildServiceProvider();
        Cache = _services.GetRequiredService<LarderCache>();
    }

    internal static CachePolicy Policy { get; } = new("minute", TimeSpan.FromMinutes(1)) { Jitter = 0, MaxEntryBytes = 64 * 1024 * 1024 };

    internal LineCounter Lines { get; } = new();

    internal LarderCache Cache { get; }

    internal RedisNode Node => _services.GetRequiredService<RedisNode>();

    internal RemoteLevel Remote => _services.GetRequiredService<RemoteLevel>();

    internal Task<string> GetAsync(string key, string value) =>
        Cache.GetOrCreateAsync(key, value, Policy, static (value, _) => new ValueTask<string>(value), ["word"]).AsTask().Soon();

    internal Task SettleAsync() => Patience.UntilAsync(() => Task.FromResult(Remote.Pending == 0));

    internal Task ReachAsync() => Patience.UntilAsync(() => Task.FromResult(Remote.Statistics.IsAvailable && Node.IsAvailable));

    public async ValueTask DisposeAsync() => await _services.DisposeAsync();

    /// <summary>Counts warnings and what is worse.</summary>
    internal sealed class LineCounter : ILoggerProvider, ILogger
    {
        private int _warnings;

        internal int Warnings => Volatile.Read(ref _warnings);

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Interlocked.Increment(ref _warnings);

        public void Dispose()
        {
        }
    }
}
