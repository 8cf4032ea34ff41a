using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SQLitePCL;

namespace Larder.Tests.SqlAnalysis;

/// <summary>Loads the system's SQLite where there is one: the bundled 3.35 knows no RIGHT and FULL JOIN.</summary>
internal static class SqliteLibrary
{
    // Before any other code of the assembly, because the choice is made once, when the first function of the library is called.
    [ModuleInitializer]
    internal static void Load()
    {
        NativeLibrary.SetDllImportResolver(typeof(SQLite3Provider_e_sqlite3).Assembly, Resolve);
        Batteries_V2.Init();
    }

    /// <summary>Whether RIGHT and FULL JOIN are there.</summary>
    public static bool HasAllJoins => raw.sqlite3_libversion_number() >= 3_039_000;

    private static IntPtr Resolve(string name, Assembly assembly, DllImportSearchPath? path) =>
        name == "e_sqlite3" && NativeLibrary.TryLoad("libsqlite3.so.0", out var system) ? system : IntPtr.Zero;
}
