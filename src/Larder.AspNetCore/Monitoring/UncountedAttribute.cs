namespace Larder.AspNetCore.Monitoring;

/// <summary>Marks endpoints whose requests are in no figure: asking for figures does not change them.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class UncountedAttribute : Attribute
{
    public static UncountedAttribute Instance { get; } = new();
}
