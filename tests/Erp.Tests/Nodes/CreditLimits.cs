using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Erp.Tests.Writes;

namespace Erp.Tests.Nodes;

/// <summary>Credit limits that rise by one with each write, written and read through the HTTP faces of several nodes of the ERP.</summary>
internal sealed class CreditLimits(WritesHost[] nodes, TimeSpan bound)
{
    private const string TokenHeader = "Larder-Write-Token";
    private static readonly long[] Customers = [WritesData.Customer, WritesData.OtherCustomer];
    private static readonly int[] BucketsMs = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000];

    private readonly Dictionary<long, Acknowledged> _customers = Customers.ToDictionary(id => id, _ => new Acknowledged());
    private readonly Lock _counting = new();
    private readonly List<double> _staleMs = [];
    private readonly List<string> _violations = [];
    private readonly List<double> _latenciesMs = [];
    private int _writes;
    private int _poisoned;
    private int _refused;

    internal IReadOnlyList<string> Violations => _violations;

    internal int Reads => _latenciesMs.Count;

    internal int Writes => _writes;

    internal double StaleMsAt(double quantile) => At(_staleMs, quantile);

    /// <summary>Every customer once, so that there is something to be stale against.</summary>
    internal async Task BeginAsync()
    {
        foreach (var customer in Customers)
        {
            await WriteAsync(customer, nodes[0]);
        }
    }

    internal Task SendAsync(Random random)
    {
        var customer = Customers[random.Next(Customers.Length)];
        var node = nodes[random.Next(nodes.Length)];
        return random.Next(20) == 0 ? WriteAsync(customer, node) : ReadAsync(customer, node, usesToken: random.Next(2) == 0);
    }

    private async Task WriteAsync(long customer, WritesHost node)
    {
        var known = _customers[customer];
        await known.Writing.WaitAsync();
        try
        {
            var limit = known.Next();
            using var request = new HttpRequestMessage(HttpMethod.Put, $"{WritesHost.Prefix}/customers/{customer}/credit-limit")
            {
                Content = new StringContent($$"""{"credit_limit":{{limit}}}""", Encoding.UTF8, "application/json"),
            };
            using var response = await node.Client.SendAsync(request);
            if (!response.IsSuccessStatusCode)
            {
                Interlocked.Increment(ref _refused);
                return;
            }

            var token = response.Headers.GetValues(TokenHeader).Single();
            known.Add(limit, token);
            Interlocked.Increment(ref _writes);
            Interlocked.Add(ref _poisoned, token == "poison" ? 1 : 0);
        }
        finally
        {
            known.Writing.Release();
        }
    }

    private async Task ReadAsync(long customer, WritesHost node, bool usesToken)
    {
        var known = _customers[customer];
        var before = known.Last;
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{WritesHost.Prefix}/customers/{customer}/financial");
        if (usesToken)
        {
            request.Headers.Add(TokenHeader, before.Token);
        }

        var startedAt = Stopwatch.GetTimestamp();
        using var response = await node.Client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        var elapsed = Stopwatch.GetElapsedTime(startedAt).TotalMilliseconds;
        if (!response.IsSuccessStatusCode)
        {
            Interlocked.Increment(ref _refused);
            return;
        }

        using var document = JsonDocument.Parse(text);
        var limit = document.RootElement.GetProperty("data").GetProperty("financial").GetProperty("credit").GetProperty("limit").GetDecimal();
        var stale = known.AgeOf(limit, startedAt);
        lock (_counting)
        {
            _latenciesMs.Add(elapsed);
            if (usesToken && limit < before.Limit)
            {
                _violations.Add($"customer {customer}: {limit} was read with token {before.Token} of {before.Limit}; {response.Headers.GetValues("Cache-Status").Single()}");
            }
            else if (!usesToken)
            {
                _staleMs.Add(stale.TotalMilliseconds);
                if (stale > bound)
                {
                    _violations.Add($"customer {customer}: {limit} was read {stale.TotalMilliseconds:0} ms after a later one had been acknowledged");
                }
            }
        }
    }

    internal string Report()
    {
        var stale = _staleMs.Where(ms => ms > 0).ToArray();
        var histogram = string.Join(", ", BucketsMs.Select(bucket => $"≤{bucket} ms: {stale.Count(ms => ms <= bucket)}"));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{_writes} writes ({_poisoned} without a place in the log), {Reads} reads, {_refused} refused; latency p50 {At(_latenciesMs, 0.5):0.0} p99 {At(_latenciesMs, 0.99):0.0} ms. Without a token {_staleMs.Count}: {stale.Length} behind (cumulative {histogram}), p99 {StaleMsAt(0.99):0.0} ms, most {StaleMsAt(1):0.0} ms");
    }

    private static double At(List<double> values, double quantile) => values.Count == 0 ? 0 : values.Order().ElementAt((int)((values.Count - 1) * quantile));

    private sealed class Acknowledged
    {
        private readonly Lock _adding = new();
        private readonly List<(decimal Limit, long At)> _inLog = [];
        private (decimal Limit, string Token) _last;
        private int _written;

        internal SemaphoreSlim Writing { get; } = new(1);

        internal (decimal Limit, string Token) Last
        {
            get
            {
                lock (_adding)
                {
                    return _last;
                }
            }
        }

        internal int Next() => 1_000 + ++_written;

        internal void Add(decimal limit, string token)
        {
            lock (_adding)
            {
                _last = (limit, token);
                if (token != "poison")
                {
                    _inLog.Add((limit, Stopwatch.GetTimestamp()));
                }
            }
        }

        internal TimeSpan AgeOf(decimal limit, long readAt)
        {
            lock (_adding)
            {
                var later = _inLog.FindIndex(written => written.Limit > limit);
                return later < 0 || _inLog[later].At > readAt ? TimeSpan.Zero : Stopwatch.GetElapsedTime(_inLog[later].At, readAt);
            }
        }
    }
}
