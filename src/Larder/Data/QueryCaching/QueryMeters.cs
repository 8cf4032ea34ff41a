namespace Larder.Data.QueryCaching;

/// <summary>The meters of the data sources that keep results in one cache. A host has a few; what comes after <see cref="Most"/> is not listed.</summary>
internal sealed class QueryMeters
{
    private const int Most = 64;

    private readonly Lock _adding = new();
    private QueryMeter[] _meters = [];

    public void Add(QueryMeter meter)
    {
        lock (_adding)
        {
            if (_meters.Length < Most)
            {
                _meters = [.. _meters, meter];
            }
        }
    }

    public IReadOnlyList<QueryStatistics> Read() => [.. Volatile.Read(ref _meters).SelectMany(meter => meter.Read()).OrderByDescending(query => query.ExecutionCount)];
}
