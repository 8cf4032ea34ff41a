using System.Globalization;
using System.Runtime.InteropServices;
using Erp.Products;
using Larder.Bench.Databases;

namespace Larder.Bench.Views;

/// <summary>All variants on one database over one network.</summary>
/// <param name="SelectOneMicroseconds">A round trip of the smallest statement; null where there is none.</param>
internal sealed record ViewsResult(
    BenchDatabase Database, bool IsDelayed, double? SelectOneMicroseconds, (double Cold, double Cached) HitRates, IReadOnlyList<Measurement> Measurements)
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

    private readonly List<ViewsResult> _results = [];
    private readonly Dictionary<string, long> _roundTrips = new(StringComparer.Ordinal);

    public void Begin() =>
        Console.WriteLine(
            $"Product view, {ProductCompleteView.View.Sections.Length} SQL sections, uniformly random products; {options.Rounds} rounds of {options.Slice.TotalSeconds} s a variant, in turn; medians over rounds. "
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
            Write([.. result.Measurements.GroupBy(measurement => measurement.Variant.Letter, StringComparer.Ordinal).SelectMany(group => group.Select(Row))]);
            Console.WriteLine($"hit rate of the sections in process: cold {result.HitRates.Cold:P1}, cached {result.HitRates.Cached:P1}\n");
        }

        var ratios = _results.SelectMany(Ratios).ToArray();
        Console.WriteLine(options.IsMarkdown ? "### Ratios of medians\n" : "== Ratios of medians");
        foreach (var ratio in ratios)
        {
            Console.WriteLine(options.IsMarkdown ? $"- {ratio}" : ratio);
        }
    }

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

    private static IEnumerable<string> Ratios(ViewsResult result)
    {
        foreach (var concurrency in result.Measurements.Select(measurement => measurement.Concurrency).Distinct())
        {
            foreach (var (mine, other, target) in Comparisons(result.SelectOneMicroseconds is not null))
            {
                if (result.Find(mine, concurrency) is { } measured && result.Find(other, concurrency) is { } base_)
                {
                    var ratio = measured.RatioTo(base_);
                    var verdict = target is { } limit ? $" (target <= {limit.ToString(CultureInfo.InvariantCulture)}): {(ratio <= limit ? "PASS" : "MISS")}" : "";
                    yield return $"{result.Title}, concurrency {concurrency}: {mine} {measured.Variant.Name} ÷ {other} {base_.Variant.Name} = {ratio.ToString("0.000", CultureInfo.InvariantCulture)}{verdict}";
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

    private void Write(IReadOnlyList<string[]> rows)
    {
        if (options.IsMarkdown)
        {
            Console.WriteLine($"| {string.Join(" | ", Columns)} |");
            Console.WriteLine($"|---|{string.Concat(Enumerable.Repeat("--:|", Columns.Length - 1))}");
            foreach (var row in rows)
            {
                Console.WriteLine($"| {string.Join(" | ", row)} |");
            }

            Console.WriteLine();
            return;
        }

        var widths = Columns.Select((column, i) => rows.Max(row => Math.Max(row[i].Length, column.Length))).ToArray();
        foreach (var row in rows.Prepend(Columns))
        {
            Console.WriteLine(string.Join("  ", row.Select((cell, i) => i == 0 ? cell.PadRight(widths[i]) : cell.PadLeft(widths[i]))));
        }
    }
}
