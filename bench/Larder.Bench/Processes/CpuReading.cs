using System.Globalization;

namespace Larder.Bench.Processes;

/// <summary>
/// The CPU time, user and system, of every thread of some processes at one moment, in the nanoseconds of <c>/proc/…/schedstat</c>: for
/// slices so short that the 10 ms of <c>/proc/…/stat</c> are more than the difference sought.
/// </summary>
internal sealed class CpuReading
{
    private const double NanosecondsOfAMicrosecond = 1000;

    private readonly Dictionary<string, long> _nanosecondsByThread = new(StringComparer.Ordinal);

    private CpuReading()
    {
    }

    public static CpuReading Of(params IReadOnlyCollection<int> processIds)
    {
        var reading = new CpuReading();
        foreach (var processId in processIds)
        {
            reading.Add($"/proc/{processId}/task");
        }

        return reading;
    }

    /// <summary>
    /// What was used since an earlier reading. A thread that ended in between counts nothing: only idle threads of the pool end, and what
    /// they did before belongs to the earlier reading.
    /// </summary>
    public double MicrosecondsSince(CpuReading earlier) =>
        _nanosecondsByThread.Sum(thread => thread.Value - earlier._nanosecondsByThread.GetValueOrDefault(thread.Key)) / NanosecondsOfAMicrosecond;

    private void Add(string folder)
    {
        foreach (var thread in Directory.EnumerateDirectories(folder))
        {
            try
            {
                _nanosecondsByThread[thread] = long.Parse(File.ReadAllText(Path.Combine(thread, "schedstat")).Split(' ')[0], CultureInfo.InvariantCulture);
            }
            catch (IOException)
            {
                // The thread has ended since the folder was read.
            }
        }
    }
}
