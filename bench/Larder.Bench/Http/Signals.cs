using System.Runtime.InteropServices;

namespace Larder.Bench.Http;

/// <summary>Asks a process started here to end.</summary>
internal static partial class Signals
{
    private const int SigInt = 2;
    private const int SigTerm = 15;

    public static void Interrupt(int processId) => Send(processId, SigInt);

    public static void Terminate(int processId) => Send(processId, SigTerm);

    private static void Send(int processId, int signal) => _ = Kill(processId, signal);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int processId, int signal);
}
