using System.Globalization;
using System.Runtime.InteropServices;
using Erp.Database;
using Larder.Bench.Workload;

namespace Larder.Bench.Freshness;

/// <summary>One variant at one share of writes.</summary>
internal sealed record FreshnessResult(FreshnessVariant Variant, int WritePercentage, WorkloadFigures Figures, FreshnessFindings Findings);

/// <summary>Prints the table of variants, the ratios that have a target, and what the writes invalidated.</summary>
internal sealed class FreshnessReport(FreshnessOptions options)
{
    private const string NotChecked = "–";
    private const double LeastShareOfHits = 0.85;
    private const double LeastChangedShare = 0.8;
    private const double MostOfTheStatements = 1 / 3.0;

    private static readonly string[] Columns =
        ["variant", "writes %", "section hits %", "stale reads", "of reads %", "view SQL statements", "a read", "CPU µs a request", "refused writes"];

    private static readonly string[] RatioColumns = ["ratio", "writes %", "value", "target"];

    private static readonly string[] WriteColumns = ["write", "section", "invalidated", "really changed", "%"];

    private readonly List<FreshnessResult> _results = [];

    public void Begin(DateOnly day) => Console.WriteLine(
        $"The ERP's workload on {(options.Database == DatabaseKind.Sqlite ? "SQLite" : "PostgreSQL")} with "
        + $"{(options.ImportFolder is null ? "the demonstration data" : "AdventureWorks")}, as of {day:yyyy-MM-dd}: {options.Operations} operations after {options.WarmUp} "
        + $"to warm up, one caller, zipf 0.9, {options.Rate} operations a second of virtual time. "
        + $"{Environment.ProcessorCount} cores, {RuntimeInformation.FrameworkDescription}, {TimeProvider.System.GetUtcNow():yyyy-MM-dd}.\n");

    public void Add(FreshnessResult result)
    {
        _results.Add(result);
        Console.Error.WriteLine($"measured: {NameOf(result.Variant)} at {result.WritePercentage} % writes");
    }

    public void End()
    {
        Write(Columns, [.. _results.Select(Row)]);
        Write(RatioColumns, [.. Ratios()]);
        foreach (var result in _results.Where(result => result.Findings.Invalidations.Invalidated > 0))
        {
            Console.WriteLine($"{NameOf(result.Variant)} at {result.WritePercentage} % writes: of {result.Findings.FreshAtEnd} entries fresh at the end {result.Findings.WrongAtEnd} were wrong.\n");
            Write(WriteColumns, [.. result.Findings.Invalidations.ByWrite().Concat(result.Findings.Invalidations.Counts).Select(Row)]);
        }
    }

    private static string NameOf(FreshnessVariant variant) => variant.ToString().ToLowerInvariant();

    private static string Percent(double share) => (100 * share).ToString("0.0", CultureInfo.InvariantCulture);

    private static string Figure(double value) => value.ToString(value < 20 ? "0.0" : "#,0", CultureInfo.InvariantCulture);

    private static string[] Row(InvalidationCount count) =>
        [count.Write, count.Section, $"{count.Invalidated}", $"{count.Changed}", Percent((double)count.Changed / count.Invalidated)];

    private string[] Row(FreshnessResult result) =>
    [
        NameOf(result.Variant),
        $"{result.WritePercentage}",
        Percent(result.Figures.HitRate),
        options.Checked == 0 ? NotChecked : $"{result.Findings.StaleReads}",
        options.Checked == 0 ? NotChecked : Percent((double)result.Findings.StaleReads / Math.Max(1, result.Findings.Figures.Reads)),
        Figure(result.Figures.Statements),
        Figure((double)result.Figures.Statements / Math.Max(1, result.Figures.Reads)),
        Figure(result.Figures.CpuMicrosecondsPerRequest),
        $"{result.Figures.Refused} of {result.Figures.Writes}",
    ];

    private IEnumerable<string[]> Ratios()
    {
        foreach (var mine in _results.Where(result => result.Variant == FreshnessVariant.Row))
        {
            if (Find(FreshnessVariant.Lifetime, mine) is { } lifetime)
            {
                yield return Ratio("hit rate of row ÷ of lifetime", mine, mine.Figures.HitRate / lifetime.Figures.HitRate, LeastShareOfHits, isLeast: true);
            }

            if (Find(FreshnessVariant.Table, mine) is { } table)
            {
                yield return Ratio(
                    "statements of row ÷ of table", mine, (double)mine.Figures.Statements / table.Figures.Statements, MostOfTheStatements, isLeast: false);
            }

            if (mine.Findings.Invalidations.ChangedShare is { } changed)
            {
                yield return Ratio("really changed ÷ invalidated", mine, changed, LeastChangedShare, isLeast: true);
            }
        }
    }

    private FreshnessResult? Find(FreshnessVariant variant, FreshnessResult like) =>
        _results.Find(result => result.Variant == variant && result.WritePercentage == like.WritePercentage);

    private static string[] Ratio(string name, FreshnessResult result, double value, double target, bool isLeast) =>
    [
        name,
        $"{result.WritePercentage}",
        value.ToString("0.000", CultureInfo.InvariantCulture),
        $"{(isLeast ? "at least" : "at most")} {target:0.00} {((isLeast ? value >= target : value <= target) ? "PASS" : "MISS")}",
    ];

    private void Write(string[] columns, string[][] rows)
    {
        if (rows.Length == 0)
        {
            return;
        }

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
