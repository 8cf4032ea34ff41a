namespace Larder.Diagnostics;

/// <summary>What a series of figures belongs to. Each kind has a bound of its own, so that many sections do not crowd out a route.</summary>
internal enum SeriesKind
{
    /// <summary>A route template with its method, never a path.</summary>
    Route,

    /// <summary>A view.</summary>
    View,

    /// <summary>A section of a view, as "view/section".</summary>
    Section,
}
