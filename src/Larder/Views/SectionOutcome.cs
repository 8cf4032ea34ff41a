namespace Larder.Views;

/// <summary>How a section of one call came about.</summary>
public enum SectionOutcome
{
    /// <summary>Its switch was off.</summary>
    NotAsked,

    /// <summary>It was found in the cache.</summary>
    Hit,

    /// <summary>Another caller was already reading it, and both got the result.</summary>
    Collapsed,

    /// <summary>Its source was asked.</summary>
    Loaded,

    /// <summary>It was computed from its inputs; no source was asked.</summary>
    Computed,

    /// <summary>It could not be read.</summary>
    Failed,

    /// <summary>It was found in the cache, expired or invalidated, and its policy lets it be served while it is read anew, or could not be.</summary>
    Stale,
}
