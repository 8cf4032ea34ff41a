using System.Globalization;
using Larder.Bench.Reports;
using Larder.Caching;
using Microsoft.Extensions.DependencyInjection;

namespace Larder.Bench.Hits;

/// <summary>What an entry takes in all: values of 200 bytes under keys of 24 characters with three tags each, measured by the heap and by the process.</summary>
internal static class MemoryCommand
{
    public const string Usage = """
        memory     what an entry takes: 200-byte values, 24-character keys, three tags
          --entries <n>                       default 1,000,000
          --save <file>                       also put the section into this Markdown file
        """;

    private const int ValueBytes = 200;
    private const int Most = 450;

    public static async Task<int> RunAsync(string[] arguments)
    {
        if (BenchArguments.Parse(arguments, "--entries", "--save") is not { } given
            || given.Number("--entries", 1_000_000) is not (>= 1_000 and <= 20_000_000 and var entries))
        {
            await Console.Error.WriteLineAsync(Usage);
            return 2;
        }

        var policy = new CachePolicy("bench", TimeSpan.FromHours(1));
        await using var services = new ServiceCollection().AddLarder(options => options.MemoryLimitBytes = 64L << 30).BuildServiceProvider();
        var cache = services.GetRequiredService<LarderCache>();
        var (heap, resident) = (WarmUp(cache, policy), Environment.WorkingSet);
        Fill(cache, policy, 0, entries);
        var (heapAfter, residentAfter) = (HeapBytes(), Environment.WorkingSet);
        var counted = cache.GetStatistics();

        // A second life with half the room, so that sketch, ghosts and shadows are there too.
        await using var fullServices = new ServiceCollection().AddLarder(options => options.MemoryLimitBytes = counted.MemoryUsedBytes / 2).BuildServiceProvider();
        var full = fullServices.GetRequiredService<LarderCache>();
        var heapEmpty = WarmUp(full, policy);
        Fill(full, policy, entries, entries);
        var held = full.GetStatistics().TotalKeys;
        var heapFull = HeapBytes() - heapEmpty;

        var report = new BenchReport("Memory", "memory");
        report.Say($"Values of {ValueBytes} bytes (byte arrays), keys of 24 characters, three tags each, through `LarderCache.Set`; after a full collection.");
        report.Table(["an entry of", "bytes", "target"],
        [
            Row($"{entries:N0}, by the heap", (double)(heapAfter - heap) / entries, Most),
            Row($"{entries:N0}, by the resident set", (double)(residentAfter - resident) / entries, Most),
            Row($"{entries:N0}, as counted against the limit", (double)counted.MemoryUsedBytes / counted.TotalKeys, null),
            Row($"{held:N0} of a full store that evicts, by the heap", (double)heapFull / held, Most),
        ]);
        await report.EndAsync(given.Text("--save"));
        return counted.TotalKeys == entries ? 0 : 1;
    }

    /// <summary>The heap with the cache and what it has however many entries there are, such as 4 MB of what was written when.</summary>
    private static long WarmUp(LarderCache cache, CachePolicy policy)
    {
        Fill(cache, policy, 0, 1_000);
        cache.RemoveByPattern("*");
        return HeapBytes();
    }

    private static void Fill(LarderCache cache, CachePolicy policy, int from, int count)
    {
        for (var i = from; i < from + count; i++)
        {
            cache.Set($"bench:{i:d18}", new byte[ValueBytes], policy, [$"a:{i}", $"b:{i}", $"c:{i}"]);
        }
    }

    private static long HeapBytes()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    private static string[] Row(string what, double bytes, int? most) =>
        [what, bytes.ToString("0.0", CultureInfo.InvariantCulture), most is { } limit ? $"at most {limit}: {(bytes <= limit ? "PASS" : "MISS")}" : "–"];
}
