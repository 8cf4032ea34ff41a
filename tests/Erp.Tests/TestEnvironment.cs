using System.Runtime.CompilerServices;

namespace Erp.Tests;

/// <summary>What every test process sets before anything runs in it.</summary>
internal static class TestEnvironment
{
    [ModuleInitializer]
    internal static void Initialize() =>
        // Each host that watches its configuration takes an inotify instance, of which a user has 128.
        Environment.SetEnvironmentVariable("DOTNET_hostBuilder__reloadConfigOnChange", "false");
}
