namespace Larder.Warming;

/// <summary>Which of the tasks that are due begins first.</summary>
public enum WarmingPriority
{
    /// <summary>Before all others; what an operator warms with one call.</summary>
    Critical,

    /// <summary>Before normal ones.</summary>
    High,

    /// <summary>The default.</summary>
    Normal,

    /// <summary>When nothing else is due.</summary>
    Low,
}
