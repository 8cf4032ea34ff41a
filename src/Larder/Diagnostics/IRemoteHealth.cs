namespace Larder.Diagnostics;

/// <summary>How the store beyond this process is; registered by whoever connects to it.</summary>
internal interface IRemoteHealth
{
    bool IsReachable { get; }

    /// <summary>0 to 100; null where it has no limit or has not said.</summary>
    double? MemoryUsedPercent { get; }
}
