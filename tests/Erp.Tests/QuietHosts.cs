using System.Runtime.CompilerServices;

namespace Erp.Tests;

/// <summary>Hosts of tests warm nothing by themselves: many of them count what is loaded.</summary>
internal static class QuietHosts
{
    [ModuleInitializer]
    internal static void TurnWarmingOff() => Environment.SetEnvironmentVariable("Larder__Warming__Enabled", "false");
}
