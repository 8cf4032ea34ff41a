namespace Larder.Redis.Resp;

/// <summary>How much of a server's answer is believed. What goes beyond costs the connection, but for one large value, which is skipped.</summary>
internal sealed record RespLimits
{
    /// <summary>Aggregates in aggregates. The deepest answers Larder asks for have five.</summary>
    public const int MaxDepth = 16;

    /// <summary>A line: a simple string, an error, a number, a length.</summary>
    public const int MaxLineBytes = 16 * 1024;

    /// <summary>The largest value a Redis server accepts and so can return, unless its <c>proto-max-bulk-len</c> was raised: 512 MiB.</summary>
    public const int MaxBulkOnWire = 512 * 1024 * 1024;

    public static RespLimits Default { get; } = new();

    /// <summary>One string; default 128 MiB.</summary>
    public int MaxBulkBytes { get; init; } = 128 * 1024 * 1024;

    /// <summary>Elements of one aggregate (a map's keys and values count); default 1,048,576.</summary>
    public int MaxElements { get; init; } = 1024 * 1024;

    /// <summary>A whole answer that is not a single string; default 128 MiB.</summary>
    public long MaxFrameBytes { get; init; } = 128 * 1024 * 1024;
}
