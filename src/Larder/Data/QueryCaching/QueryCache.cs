using System.Data;
using System.Data.Common;
using Larder.Caching;
using Larder.Freshness;

namespace Larder.Data.QueryCaching;

/// <summary>
/// Keeps the results of queries for a tracked data source, under the one rule that everything in the cache obeys: a result is served until something it read
/// is written. Each caller reads on its own connection, so callers of one query at one time do not wait for each other.
/// </summary>
internal sealed class QueryCache
{
    private const CommandBehavior Supported = CommandBehavior.SequentialAccess | CommandBehavior.SingleResult | CommandBehavior.SingleRow | CommandBehavior.CloseConnection;

    private readonly LarderCache _cache;
    private readonly CachePolicy _policy;
    private readonly QueryCacheOptions _options;
    private readonly TimeProvider _time;
    private readonly QueryMeter _meter;

    public QueryCache(LarderCache cache, QueryCacheOptions options, TimeProvider time)
    {
        if (options.Problem() is { } problem)
        {
            throw new ArgumentException(problem, nameof(options));
        }

        _cache = cache;
        // What a provider gives for a row has no form outside of this process.
        _policy = cache.GetPolicy(options.Policy) with { UsesRemoteStore = false };
        _options = options;
        _time = time;
        _meter = new QueryMeter(options.MaxMeasuredStatements, time);
        cache.QueryMeters.Add(_meter);
    }

    public IReadOnlyList<QueryStatistics> Statistics => _meter.Read();

    /// <summary>The rows of a query that is proved to be cacheable, stored or read now.</summary>
    /// <param name="database">The name of its database.</param>
    /// <param name="text">The statement.</param>
    /// <param name="parameters">What it is run with.</param>
    /// <param name="behavior">What its caller asked for.</param>
    /// <param name="readAsync">Runs it; its reads are reported to the scope they run in.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>Null: it is to be run as if there were no cache, because it is not stored or too large.</returns>
    public async ValueTask<CachedRows?> GetAsync(
        string database,
        string text,
        DbParameterCollection parameters,
        CommandBehavior behavior,
        Func<CancellationToken, ValueTask<DbDataReader>> readAsync,
        CancellationToken cancellationToken)
    {
        if ((behavior & ~Supported) != CommandBehavior.Default || !_policy.Stores || _meter.IsTooLarge(text) || QueryKey.Of(database, text, parameters) is not { } key)
        {
            return null;
        }

        var startedAt = _time.GetTimestamp();
        if (_cache.TryGet<CachedRows>(key, out var stored))
        {
            _meter.Record(text, isHit: true, startedAt);
            return stored;
        }

        using var reads = _cache.BeginRead();
        var reader = await readAsync(cancellationToken).ConfigureAwait(false);
        await using var disposal = reader.ConfigureAwait(false);
        var rows = await CachedRows.ReadAsync(reader, _options, cancellationToken).ConfigureAwait(false);
        _meter.Record(text, isHit: false, startedAt);
        if (rows is null)
        {
            _meter.MarkTooLarge(text);
            return null;
        }

        // The scope says what it depends on only when the reader is closed; a reader that is open would make it private.
        await reader.DisposeAsync().ConfigureAwait(false);
        _cache.Set(key, rows, _policy, reads);
        return rows;
    }
}
