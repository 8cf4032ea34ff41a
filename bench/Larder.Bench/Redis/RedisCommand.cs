using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Larder.Bench.Processes;
using Larder.Redis.Resp;

namespace Larder.Bench.Redis;

/// <summary>
/// Measures what the Redis client costs above a bare socket, and what callers gain by sharing a connection. All variants take turns, round
/// by round, against one redis-server of this run's own.
/// </summary>
internal static class RedisCommand
{
    public const string Usage = """
        redis      a GET through the client against one through a bare socket, with 1 and 16 callers on one connection; hits of the second level
        """;

    private const int Rounds = 9;
    private const int Callers = 16;
    private const double RoundTripTarget = 1.3;
    private const double PipeliningTarget = 5;

    private static readonly TimeSpan Slice = TimeSpan.FromSeconds(0.4);
    private static readonly int[] Sizes = [100, 4_000, 100_000];

    public static async Task<int> RunAsync()
    {
        await using var server = await PrivateRedis.StartAsync(CancellationToken.None);
        var settings = new RespSettings { EndPoint = server.EndPoint };
        await using var connection = await new RespConnector(settings, TimeProvider.System).ConnectAsync(CancellationToken.None);
        var client = new RedisClient(connection, TimeSpan.FromSeconds(5));
        Console.WriteLine($"GET over loopback, one connection; {Rounds} rounds of {Slice.TotalSeconds} s a variant, in turn; medians over rounds. "
            + $"{Environment.ProcessorCount} cores, {RuntimeInformation.FrameworkDescription}, {TimeProvider.System.GetUtcNow():yyyy-MM-dd}.\n");
        Console.WriteLine($"{"bytes",8}  {"variant",-22} {"c",3} {"median µs",10} {"GET/s",10} {"CPU µs",7} {"Redis CPU",9} {"alloc B",8}");
        foreach (var size in Sizes)
        {
            await MeasureAsync(server, client, size);
        }

        await using var cache = await RemoteCacheRig.StartAsync(settings);
        Console.WriteLine("A hit of the second level (L2) against a GET of the same entry on the same connection, and a hit in memory (L1).\n");
        foreach (var size in Sizes)
        {
            await MeasureCacheAsync(server, cache, size);
        }

        return 0;
    }

    private static async Task MeasureAsync(PrivateRedis server, RedisClient client, int size)
    {
        var key = $"k{size}";
        await client.SetAsync(key, new byte[size], duration: null);
        using var raw = new RawGet(server.EndPoint, key, size);
        using var blocking = new RawGet(server.EndPoint, key, size);
        async ValueTask GetAsync()
        {
            using var value = await client.GetAsync(key);
        }

        RedisVariant[] variants =
        [
            new("socket, asynchronous", 1, raw.GetAsync),
            new("socket, blocking", 1, blocking.GetBlocking),
            new("Larder", 1, GetAsync),
            new("Larder", Callers, GetAsync),
        ];
        await RunAllAsync(server, variants, size);
        Print("Larder, 1 caller ÷ socket, asynchronous: round trip", variants[2].RatioTo(variants[0], run => run.MedianMicroseconds), RoundTripTarget, isAtMost: true);
        Print($"Larder, {Callers} callers ÷ 1 caller: GET/s", variants[3].RatioTo(variants[2], run => run.PerSecond), PipeliningTarget, isAtMost: false);
        Console.WriteLine();
    }

    private static async Task MeasureCacheAsync(PrivateRedis server, RemoteCacheRig cache, int size)
    {
        await cache.FillAsync(size);
        RedisVariant[] variants =
        [
            new("GET of the entry", 1, () => cache.GetEntryAsync(size)),
            new("L2 hit", 1, () => cache.GetFromL2Async(size)),
            new("L1 hit", 1, () => cache.GetFromL1Async(size)),
        ];
        await RunAllAsync(server, variants, size);
        cache.Check();
        Print("L2 hit ÷ GET of the entry: round trip", variants[1].RatioTo(variants[0], run => run.MedianMicroseconds), RoundTripTarget, isAtMost: true);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{"",8}  L2 hit ÷ L1 hit: CPU = {variants[1].RatioTo(variants[2], run => run.Cpu):0.0}\n"));
    }

    private static async Task RunAllAsync(PrivateRedis server, RedisVariant[] variants, int size)
    {
        foreach (var variant in variants)
        {
            await variant.RunAsync(Slice, server.ProcessId);
            variant.Forget();
        }

        for (var round = 0; round < Rounds; round++)
        {
            foreach (var variant in variants)
            {
                await variant.RunAsync(Slice, server.ProcessId);
            }
        }

        foreach (var variant in variants)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{size,8}  {variant.Name,-22} {variant.Callers,3} {variant.Median(run => run.MedianMicroseconds),10:0.0} {variant.Median(run => run.PerSecond),10:0} {variant.Median(run => run.Cpu),7:0.0} {variant.Median(run => run.ServerCpu),9:0.0} {variant.Median(run => run.AllocatedBytes),8:0}"));
        }
    }

    private static void Print(string what, double ratio, double target, bool isAtMost)
    {
        var verdict = $" (target: {(isAtMost ? "at most" : "at least")} {target}, {((isAtMost ? ratio <= target : ratio >= target) ? "PASS" : "MISS")})";
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{"",8}  {what} = {ratio:0.00}{verdict}"));
    }
}

/// <summary>One way to GET, with so many callers.</summary>
internal sealed class RedisVariant(string name, int callers, Func<ValueTask> get)
{
    private readonly List<RedisRun> _runs = [];

    public string Name => name;

    public int Callers => callers;

    public void Forget() => _runs.Clear();

    public async Task RunAsync(TimeSpan duration, int serverProcessId)
    {
        var (cpu, serverCpu, allocated) = (CpuMeter.OfProcess(Environment.ProcessId), CpuMeter.OfProcess(serverProcessId), GC.GetTotalAllocatedBytes(precise: true));
        var startedAt = Stopwatch.GetTimestamp();
        var end = startedAt + (long)(duration.TotalSeconds * Stopwatch.Frequency);
        var ticks = (await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(() => CallAsync(end))))).SelectMany(each => each).Order().ToArray();
        var seconds = Stopwatch.GetElapsedTime(startedAt).TotalSeconds;
        _runs.Add(new(
            ticks[ticks.Length / 2] * 1_000_000.0 / Stopwatch.Frequency,
            ticks.Length / seconds,
            (CpuMeter.OfProcess(Environment.ProcessId) - cpu) / ticks.Length,
            (CpuMeter.OfProcess(serverProcessId) - serverCpu) / ticks.Length,
            (double)(GC.GetTotalAllocatedBytes(precise: true) - allocated) / ticks.Length));
    }

    public double Median(Func<RedisRun, double> figure) => MedianOf(_runs.Select(figure));

    /// <summary>Of the ratios within each round, where both had the same neighbours on the machine.</summary>
    public double RatioTo(RedisVariant other, Func<RedisRun, double> figure) =>
        MedianOf(_runs.Zip(other._runs, (mine, its) => figure(mine) / figure(its)));

    private async Task<List<long>> CallAsync(long end)
    {
        var ticks = new List<long>(16 * 1024);
        for (var now = Stopwatch.GetTimestamp(); now < end;)
        {
            await get();
            var done = Stopwatch.GetTimestamp();
            ticks.Add(done - now);
            now = done;
        }

        return ticks;
    }

    private static double MedianOf(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }
}

/// <summary>What one slice of time showed, a GET.</summary>
internal sealed record RedisRun(double MedianMicroseconds, double PerSecond, double Cpu, double ServerCpu, double AllocatedBytes);
