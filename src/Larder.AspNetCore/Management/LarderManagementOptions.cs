namespace Larder.AspNetCore.Management;

/// <summary>Settings of the management endpoints, read from configuration (<c>Larder:Management</c>, each by its own name), then from the delegate given to <c>AddLarderManagement</c>.</summary>
public sealed class LarderManagementOptions
{
    /// <summary>
    /// Whether an entry is shown with its value and with the values that its statements were run with. Default false: they may be personal data. Keys and the names of tags, which
    /// operators look for, are always shown.
    /// </summary>
    public bool ShowValues { get; set; }

    /// <summary>Whether views may be measured, which loads their sources. Default null: everywhere but in the environment "Production".</summary>
    public bool? AllowBenchmarks { get; set; }
}
