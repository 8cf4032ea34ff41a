namespace Larder.Freshness;

/// <summary>What an invalidation came of. The set is closed: it is a label of the figures.</summary>
internal enum InvalidationCause
{
    /// <summary>A write to a tracked database, at its commit.</summary>
    Write,

    /// <summary>Another schema was found.</summary>
    Schema,

    /// <summary>The application said that something has changed.</summary>
    Application,

    /// <summary>A removal by tag.</summary>
    Tag,

    /// <summary>A removal by key.</summary>
    Key,

    /// <summary>A removal by pattern.</summary>
    Pattern,

    /// <summary>A cached value was found to differ from its source.</summary>
    Verification,
}
