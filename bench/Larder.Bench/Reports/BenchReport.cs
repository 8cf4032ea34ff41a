using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Larder.Bench.Reports;

/// <summary>One command's result as Markdown: printed, and put in its place in a file when one is asked for.</summary>
internal sealed class BenchReport
{
    private readonly string _heading;
    private readonly StringBuilder _text = new();

    public BenchReport(string heading, string command)
    {
        _heading = heading;
        _text.AppendLine(CultureInfo.InvariantCulture, $"## {heading}").AppendLine();
        Say($"`dotnet run -c Release --project bench/Larder.Bench -- {command}`, {TimeProvider.System.GetUtcNow():yyyy-MM-dd}, {ProcessorName()}, "
            + $"{Environment.ProcessorCount} cores shared with others, {RuntimeInformation.OSDescription.Split('-')[0]}, {RuntimeInformation.FrameworkDescription}.");
    }

    public void Say(string paragraph) => _text.AppendLine(paragraph).AppendLine();

    public void Table(IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        _text.AppendLine(CultureInfo.InvariantCulture, $"| {string.Join(" | ", columns)} |");
        _text.AppendLine(CultureInfo.InvariantCulture, $"|---|{string.Concat(Enumerable.Repeat("--:|", columns.Count - 1))}");
        foreach (var row in rows)
        {
            _text.AppendLine(CultureInfo.InvariantCulture, $"| {string.Join(" | ", row)} |");
        }

        _text.AppendLine();
    }

    /// <summary>Prints the section; in the file it takes the place of the one with the same heading, or comes last.</summary>
    public async Task EndAsync(string? path)
    {
        Console.Write(_text);
        if (path is null)
        {
            return;
        }

        var old = File.Exists(path) ? await File.ReadAllTextAsync(path) : "";
        var start = old.IndexOf($"## {_heading}\n", StringComparison.Ordinal);
        if (start < 0)
        {
            await File.WriteAllTextAsync(path, old + (old.Length == 0 || old.EndsWith("\n\n", StringComparison.Ordinal) ? "" : "\n") + _text.ToString().TrimEnd() + "\n");
            return;
        }

        var end = old.IndexOf("\n## ", start, StringComparison.Ordinal);
        await File.WriteAllTextAsync(path, old[..start] + (end < 0 ? _text.ToString().TrimEnd() + "\n" : _text + old[(end + 1)..]));
    }

    private static string ProcessorName()
    {
        const string Key = "model name";
        return File.Exists("/proc/cpuinfo") && File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith(Key, StringComparison.Ordinal)) is { } line
            ? line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim()
            : RuntimeInformation.ProcessArchitecture.ToString();
    }
}
