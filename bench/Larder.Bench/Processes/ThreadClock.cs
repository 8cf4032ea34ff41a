using System.Runtime.InteropServices;

namespace Larder.Bench.Processes;

/// <summary>The CPU time of the calling thread, to the nanosecond: what other processes on the machine do not add to.</summary>
internal static partial class ThreadClock
{
    private const int ThreadCpuTime = 3;

    public static long Nanoseconds
    {
        get
        {
            var time = default(TimeSpec);
            _ = ReadClock(ThreadCpuTime, ref time);
            return (time.Seconds * 1_000_000_000) + time.Nanoseconds;
        }
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int ReadClock(int clock, ref TimeSpec time);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
