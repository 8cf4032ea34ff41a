using System.Diagnostics;
using Larder.Freshness;

namespace Larder.Redis.Tests.Log;

/// <summary>Rows with rising versions that several nodes write and read, and what a reader may never get.</summary>
internal sealed class SharedRows(TestNode[] nodes, TimeSpan bound)
{
    internal const int Rows = 12;
    private static readonly int[] BucketsMs = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000];

    private readonly long[] _versions = new long[Rows];
    private readonly SemaphoreSlim[] _locks = [.. Enumerable.Range(0, Rows).Select(_ => new SemaphoreSlim(1))];
    private readonly Acknowledged[] _acknowledged = [.. Enumerable.Range(0, Rows).Select(_ => new Acknowledged())];
    private readonly Lock _counting = new();
    private readonly List<double> _staleMs = [];
    private readonly List<string> _violations = [];
    private long _reads;
    private long _withToken;
    private long _writes;
    private long _poisoned;

    internal IReadOnlyList<string> Violations => _violations;

    internal long Writes => _writes;

    internal long Reads => _reads;

    internal double StaleMsAt(double quantile) => _staleMs.Count == 0 ? 0 : _staleMs.Order().ElementAt((int)((_staleMs.Count - 1) * quantile));

    /// <summary>One write on any node: the commit, and the record after it.</summary>
    internal async Task WriteAsync(Random random)
    {
        var row = random.Next(Rows);
        var node = nodes[random.Next(nodes.Length)];
        await _locks[row].WaitAsync();
        try
        {
            var version = Interlocked.Increment(ref _versions[row]);
            var token = await node.PublishAsync(row);
            _acknowledged[row].Add(version, token);
            Interlocked.Increment(ref _writes);
            Interlocked.Add(ref _poisoned, token.IsPoison ? 1 : 0);
        }
        finally
        {
            _locks[row].Release();
        }
    }

    /// <summary>One read on any node: with the token of the last write it must see that write; without, it may lag within the bound.</summary>
    internal async Task ReadAsync(Random random)
    {
        var row = random.Next(Rows);
        var node = nodes[random.Next(nodes.Length)];
        var usesToken = random.Next(2) == 0;
        var before = _acknowledged[row].Last;
        var startedAt = Stopwatch.GetTimestamp();
        long value;
        using (FreshnessContext.Require(usesToken ? before.Token : default))
        {
            value = await node.ReadAsync(row, () => Volatile.Read(ref _versions[row]));
        }

        var stale = _acknowledged[row].AgeOf(value, startedAt);
        lock (_counting)
        {
            _reads++;
            if (usesToken)
            {
                _withToken++;
                if (value < before.Version)
                {
                    _violations.Add($"row {row}: {value} was read with token {before.Token} of version {before.Version}");
                }
            }
            else
            {
                _staleMs.Add(stale.TotalMilliseconds);
                if (stale > bound)
                {
                    _violations.Add($"row {row}: {value} was read {stale.TotalMilliseconds:0} ms after a later version had been acknowledged");
                }
            }
        }
    }

    internal string Report()
    {
        var stale = _staleMs.Where(ms => ms > 0).ToArray();
        var histogram = BucketsMs.Select(bucket => $"≤{bucket} ms: {stale.Count(ms => ms <= bucket)}");
        return $"{_writes} writes ({_poisoned} without a place in the log), {_reads} reads ({_withToken} with a token). Without a token {_staleMs.Count}: {_staleMs.Count - stale.Length} current, "
            + $"{stale.Length} behind (cumulative {string.Join(", ", histogram)}); p99 {StaleMsAt(0.99):0.0} ms, most {StaleMsAt(1):0.0} ms";
    }

    // Only what the log took is bounded: of a write that it did not take, other nodes hear when the writer has reached it again.
    private sealed class Acknowledged
    {
        private readonly List<(long Version, long At)> _inLog = [];
        private readonly Lock _adding = new();
        private (long Version, WriteToken Token) _last;

        internal (long Version, WriteToken Token) Last
        {
            get
            {
                lock (_adding)
                {
                    return _last;
                }
            }
        }

        internal void Add(long version, WriteToken token)
        {
            lock (_adding)
            {
                _last = (version, token);
                if (!token.IsPoison)
                {
                    _inLog.Add((version, Stopwatch.GetTimestamp()));
                }
            }
        }

        /// <summary>For how long a later version had been acknowledged when the read began.</summary>
        internal TimeSpan AgeOf(long version, long readAt)
        {
            lock (_adding)
            {
                var later = _inLog.FindIndex(written => written.Version > version);
                return later < 0 || _inLog[later].At > readAt ? TimeSpan.Zero : Stopwatch.GetElapsedTime(_inLog[later].At, readAt);
            }
        }
    }
}
