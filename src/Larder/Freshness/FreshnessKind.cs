namespace Larder.Freshness;

/// <summary>How far a value's freshness is known. In the order of strength: a whole is as strong as its weakest part.</summary>
public enum FreshnessKind
{
    /// <summary>Its sources report what they read, and every write to it is seen.</summary>
    Tracked,

    /// <summary>It is fresh until one of the tags that the application gave it is invalidated.</summary>
    HandTagged,

    /// <summary>Some of it has no tags: its lifetime is the only bound.</summary>
    Timed,
}
