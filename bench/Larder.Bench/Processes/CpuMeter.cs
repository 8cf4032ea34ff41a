using System.Globalization;

namespace Larder.Bench.Processes;

/// <summary>The CPU time that a process, or the children of one, have taken so far, from <c>/proc</c>: ticks of 10 ms, user and system.</summary>
internal static class CpuMeter
{
    private const double TickMicroseconds = 10_000;

    public static double OfProcess(int processId) => Read(processId)?.Microseconds ?? 0;

    /// <summary>PostgreSQL's backends are children of its postmaster.</summary>
    public static double OfChildren(int parentId) => ChildrenOf(parentId).Sum(OfProcess);

    /// <summary>The processes that this one has started and that live.</summary>
    public static IReadOnlyCollection<int> ChildrenOf(int parentId)
    {
        var children = new List<int>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var processId) && Read(processId)?.ParentId == parentId)
            {
                children.Add(processId);
            }
        }

        return children;
    }

    private static (int ParentId, double Microseconds)? Read(int processId)
    {
        try
        {
            // The name in parentheses may hold anything; after it come state, parent, … and as 12th and 13th utime and stime.
            var text = File.ReadAllText($"/proc/{processId}/stat");
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            var ticks = long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
            return (int.Parse(fields[1], CultureInfo.InvariantCulture), ticks * TickMicroseconds);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
