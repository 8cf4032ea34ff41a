using System.Reflection;
using System.Runtime.InteropServices;
using SQLitePCL;

namespace Erp.Database;

/// <summary>Chooses the native SQLite: the system's where it is newer than the bundled 3.35.5, otherwise the bundled one.</summary>
internal static class SqliteLibrary
{
    private const string BundledName = "e_sqlite3";
    private const int BundledVersion = 3_035_005;

    private static readonly Lazy<string> LoadedVersion = new(Load);

    /// <summary>The version in use, for example 3.40.1. The first call loads the library.</summary>
    public static string Version => LoadedVersion.Value;

    private static string Load()
    {
        // The provider's imports name the bundled file; the resolver must stand before the first of them is called.
        NativeLibrary.SetDllImportResolver(typeof(SQLite3Provider_e_sqlite3).Assembly, Resolve);
        Batteries_V2.Init();
        return raw.sqlite3_libversion().utf8_to_string();
    }

    private static IntPtr Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (name != BundledName || !NativeLibrary.TryLoad(SystemName, out var system))
            return IntPtr.Zero;
        if (NativeLibrary.TryGetExport(system, "sqlite3_libversion_number", out var function)
            && Marshal.GetDelegateForFunctionPointer<VersionNumber>(function)() > BundledVersion)
            return system;
        NativeLibrary.Free(system);
        return IntPtr.Zero;
    }

    private static string SystemName => OperatingSystem.IsMacOS() ? "libsqlite3.dylib" : "libsqlite3.so.0";

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int VersionNumber();
}
