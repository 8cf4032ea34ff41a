using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Larder.Bench.Network;

/// <summary>Sleeps to within some microseconds: the runtime's own timers count in milliseconds.</summary>
internal static partial class PreciseSleep
{
    private const int SetTimerSlack = 29;
    private const int NanosecondsPerSecond = 1_000_000_000;

    /// <summary>Asks the kernel not to gather this thread's wake-ups with others; by default it may wait 50 µs for that.</summary>
    public static void SharpenThisThread() => _ = Prctl(SetTimerSlack, 1, 0, 0, 0);

    public static void Until(long timestamp)
    {
        var left = timestamp - Stopwatch.GetTimestamp();
        if (left > 0)
        {
            var nanoseconds = left * (NanosecondsPerSecond / Stopwatch.Frequency);
            var request = new TimeSpec { Seconds = (nint)(nanoseconds / NanosecondsPerSecond), Nanoseconds = (nint)(nanoseconds % NanosecondsPerSecond) };
            _ = NanoSleep(in request, 0);
        }
    }

    [LibraryImport("libc", EntryPoint = "nanosleep")]
    private static partial int NanoSleep(in TimeSpec request, nint remaining);

    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int Prctl(int option, nuint second, nuint third, nuint fourth, nuint fifth);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
