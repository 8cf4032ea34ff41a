using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Larder.Bench.Costs;

/// <summary>The table of a run.</summary>
internal sealed class CostsReport(CostsOptions options)
{
    private const double ShownAsMicroseconds = 1000;

    private readonly string _loadBefore = LoadAverage();
    private readonly List<CostLine> _lines = [];

    public bool IsMet => _lines.TrueForAll(line => line.Verdict is CostVerdict.NoTarget or CostVerdict.Pass);

    public void Add(IEnumerable<CostLine> lines)
    {
        foreach (var line in lines)
        {
            _lines.Add(line);
            Console.Error.WriteLine($"measured: {line.Group}, {line.Name}: {Time(line.Cost.Nanoseconds)}");
        }
    }

    public async Task EndAsync()
    {
        var text = Write();
        Console.Write(text);
        if (options.SavePath is { } path)
        {
            await File.WriteAllTextAsync(path, text);
        }
    }

    private string Write()
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"CPU time and allocation of the process, on all of its threads; medians of {options.Rounds} rounds in which everything took turns; \"adds\" is the median of the differences within rounds.");
        text.AppendLine(CultureInfo.InvariantCulture, $"{Processor()}, {Environment.ProcessorCount} cores, {RuntimeInformation.FrameworkDescription}, {TimeProvider.System.GetUtcNow():yyyy-MM-dd HH:mm} UTC, load average {_loadBefore} before and {LoadAverage()} after.");
        text.AppendLine();
        text.AppendLine("| of | what | median | half of the rounds | bytes | target | |");
        text.AppendLine("|---|---|--:|--:|--:|--:|---|");
        foreach (var line in _lines)
        {
            var target = line.Target is { } most ? Time(most) : "–";
            text.AppendLine(CultureInfo.InvariantCulture, $"| {line.Group} | {line.Name} | {Time(line.Cost.Nanoseconds)} | {Time(line.Cost.Low)} … {Time(line.Cost.High)} | {Math.Round(line.Cost.Bytes) + 0.0:#,0} | {target} | {Word(line.Verdict)} |");
        }

        return text.ToString();
    }

    private static string Word(CostVerdict verdict) => verdict switch
    {
        CostVerdict.Pass => "PASS",
        CostVerdict.Miss => "MISS",
        CostVerdict.Unclear => "UNCLEAR",
        _ => "",
    };

    private static string Time(double nanoseconds) => Math.Abs(nanoseconds) < ShownAsMicroseconds
        ? string.Create(CultureInfo.InvariantCulture, $"{nanoseconds:0} ns")
        : string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / ShownAsMicroseconds:#,0.0} µs");

    private static string LoadAverage() => File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown";

    private static string Processor()
    {
        const string Field = "model name";
        var line = File.Exists("/proc/cpuinfo") ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith(Field, StringComparison.Ordinal)) : null;
        return line is null ? RuntimeInformation.ProcessArchitecture.ToString() : line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
    }
}
