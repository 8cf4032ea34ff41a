using System.Runtime.CompilerServices;
using System.Transactions;

namespace Larder.Freshness;

/// <summary>
/// The ambient transaction of System.Transactions. Asking for it takes a quarter of a hit, and there is none before the runtime has loaded the assembly that
/// it is written in, which it does when a method that mentions it is compiled: until then the answer is one field. Npgsql loads it with its first connection.
/// </summary>
internal static class SystemTransactions
{
    /// <summary>Begins the names of the assembly and of those that only forward to it.</summary>
    internal const string AssemblyName = "System.Transactions";

    private static bool _isLoaded;

    static SystemTransactions()
    {
        // The event first: what is loaded in between is met twice. Compiled ahead of time there is no loading that could be noticed.
        AppDomain.CurrentDomain.AssemblyLoad += static (_, loading) => Note(loading.LoadedAssembly.GetName().Name);
        Note(RuntimeFeature.IsDynamicCodeCompiled ? null : AssemblyName);
        foreach (var assembly in AppDomain.CurrentDomain.GetAssemblies())
        {
            Note(assembly.GetName().Name);
        }
    }

    /// <summary>Whether there is one here.</summary>
    internal static bool HasCurrent => Volatile.Read(ref _isLoaded) && HasAny();

    /// <summary>Calls back when the transaction that is current here ends, whatever its outcome. False: there is none.</summary>
    internal static bool TryFollow(Action ended) => Volatile.Read(ref _isLoaded) && TryFollowAny(ended);

    // Methods of their own, so that compiling those that ask does not load the assembly.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool HasAny() => Transaction.Current is not null;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool TryFollowAny(Action ended)
    {
        if (Transaction.Current is not { } ambient)
        {
            return false;
        }

        ambient.TransactionCompleted += (_, _) => ended();
        return true;
    }

    private static void Note(string? assembly)
    {
        if (assembly?.StartsWith(AssemblyName, StringComparison.Ordinal) == true)
        {
            Volatile.Write(ref _isLoaded, true);
        }
    }
}
