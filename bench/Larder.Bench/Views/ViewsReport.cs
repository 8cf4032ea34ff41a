using System.Globalization;
using System.Runtime.InteropServices;
using Erp.Products;
using Larder.Bench.Databases;

namespace Larder.Bench.Views;

/// <summary>All variants on one database over one network.</summary>
/// <param name="SelectOneMicroseconds">A round trip of the smallest statement; null where there is none.</param>
internal sealed record ViewsResult(
    BenchDatabase Database, bool IsDelayed, double? SelectOneMicroseconds, LookupCounts Lookups, IReadOnlyList<Measurement> Measurements)
{
    public string Title => Database.ServerProcessId is null && SelectOneMicroseconds is null
        ? $"{Database.Name}, in the process"
        : $"{Database.Name}, {(IsDelayed ? "1 ms of network" : "on the same machine")} (SELECT 1: {Figure(SelectOneMicroseconds!.Value)} µs)";

    public Measurement? Find(string letter, int concurrency) =>
        Measurements.FirstOrDefault(measurement => measurement.Variant.Letter == letter && measurement.Concurrency == concurrency);

    public static string Figure(double value) => value.ToString(value < 20 ? "0.0" : "#,0", CultureInfo.InvariantCulture);
}

/// <summary>Prints the tables, the ratios that have a target, and what others have claimed beside what was measured.</summary>
internal sealed class ViewsReport(ViewsOptions options)
{
    private static readonly string[] Columns =
        ["variant", "calls", "round trips", "c", "median µs", "p95 µs", "app CPU µs", "PG CPU µs", "bytes"];

    private static readonly string[] RatioColumns = ["ratio", "c", "median", "CPU, app and PG", "at most"];

    private readonly List<ViewsResult> _results = [];
    private readonly Dictionary<string, long> _roundTrips = new(StringComparer.Ordinal);

    public void Begin() =>
        Console.WriteLine(
            $"Product view, {ProductCompleteView.View.Sections.Length} SQL sections, uniformly random products; {options.Rounds} rounds of {options.Slice.TotalSeconds} s a variant, in turn; medians over rounds; c is the number of callers. "
            + $"{Environment.ProcessorCount} cores, {RuntimeInformation.FrameworkDescription}, {TimeProvider.System.GetUtcNow():yyyy-MM-dd}.\n");

    public void Add(ViewsResult result)
    {
        _results.Add(result);
        Console.Error.WriteLine($"measured: {result.Title}");
    }

    public void AddRoundTrips(string letter, long count) => _roundTrips[letter] = count;

    public void End()
    {
        foreach (var result in _results)
        {
            Console.WriteLine(options.IsMarkdown ? $"### {result.Title}\n" : $"== {result.Title}");
            Write(Columns, [.. result.Measurements.GroupBy(measurement => measurement.Variant.Letter, StringComparer.Ordinal).SelectMany(group => group.Select(Row))]);
            Console.WriteLine($"Hits of f: {Percentage(result.Lookups.ColdHitRate)} %, of g: {Percentage(result.Lookups.CachedHitRate)} %.\n");
            Write(RatioColumns, [.. Ratios(result)]);
        }
    }

    private static string Percentage(double rate) => (100 * rate).ToString("0.##", CultureInfo.InvariantCulture);

    private string[] Row(Measurement measurement) =>
    [
        $"{measurement.Variant.Letter} {(measurement.Variant.IsHttp ? "HTTP: " : "")}{measurement.Variant.Name}",
        measurement.Variant.IsHttp ? measurement.Variant.Calls.ToString(CultureInfo.InvariantCulture) : "–",
        _roundTrips.TryGetValue(measurement.Variant.Letter, out var count) && measurement.DatabaseCpuPerView is not null ? count.ToString(CultureInfo.InvariantCulture) : "–",
        measurement.Concurrency.ToString(CultureInfo.InvariantCulture),
        ViewsResult.Figure(measurement.Median),
        ViewsResult.Figure(measurement.P95),
        ViewsResult.Figure(measurement.CpuPerView),
        measurement.DatabaseCpuPerView is { } cpu ? ViewsResult.Figure(cpu) : "–",
        measurement.Bytes > 0 ? ViewsResult.Figure(measurement.Bytes) : "–",
    ];

    private static IEnumerable<string[]> Ratios(ViewsResult result)
    {
        foreach (var concurrency in result.Measurements.Select(measurement => measurement.Concurrency).Distinct())
        {
            foreach (var (mine, other, target) in Comparisons(result.SelectOneMicroseconds is not null))
            {
                if (result.Find(mine, concurrency) is { } measured && result.Find(other, concurrency) is { } reference)
                {
                    var ratio = measured.RatioTo(reference);
                    yield return
                    [
                        $"{mine} {measured.Variant.Name} ÷ {other} {reference.Variant.Name}",
                        concurrency.ToString(CultureInfo.InvariantCulture),
                        ratio.ToString("0.000", CultureInfo.InvariantCulture),
                        measured.CpuRatioTo(reference).ToString("0.000", CultureInfo.InvariantCulture),
                        target is { } limit ? $"{limit.ToString(CultureInfo.InvariantCulture)} {(ratio <= limit ? "PASS" : "MISS")}" : "–",
                    ];
                }
            }
        }
    }

    private static (string Mine, string Other, double? Target)[] Comparisons(bool isServer) =>
    [
        ("f", "c", isServer ? 0.75 : null),
        ("f", "b", isServer ? 0.5 : null),
        ("f", "e", null),
        ("e", "c", null),
        ("e", "b", null),
        ("g", "f", null),
        ("F", "A", null),
        ("G", "A", null),
        ("G", "F", null),
    ];

    private void Write(string[] columns, IReadOnlyList<string[]> rows)
    {
        if (options.IsMarkdown)
        {
            Console.WriteLine($"| {string.Join(" | ", columns)} |");
            Console.WriteLine($"|---|{string.Concat(Enumerable.Repeat("--:|", columns.Length - 1))}");
            foreach (var row in rows)
            {
                Console.WriteLine($"| {string.Join(" | ", row)} |");
            }
        }
        else
        {
            var widths = columns.Select((column, i) => rows.Max(row => Math.Max(row[i].Length, column.Length))).ToArray();
            foreach (var row in rows.Prepend(columns))
            {
                Console.WriteLine(string.Join("  ", row.Select((cell, i) => i == 0 ? cell.PadRight(widths[i]) : cell.PadLeft(widths[i]))));
            }
        }

        Console.WriteLine();
    }
}
