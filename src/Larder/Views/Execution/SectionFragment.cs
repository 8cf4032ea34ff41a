using Larder.Caching;

namespace Larder.Views.Execution;

/// <summary>A section as it stands in the cache and in the response: its UTF-8 JSON.</summary>
/// <param name="Json">One complete JSON value.</param>
/// <param name="GeneratedAt">When it was read.</param>
/// <param name="SnapshotId">The snapshot it was read in; fragments of one snapshot share it. 0: none.</param>
internal sealed record SectionFragment(ReadOnlyMemory<byte> Json, DateTimeOffset GeneratedAt, long SnapshotId) : ICacheSized
{
    private const int ObjectOverhead = 88;

    public static ReadOnlyMemory<byte> Null { get; } = "null"u8.ToArray();

    public bool IsNull => Json.Length == 4 && Json.Span.SequenceEqual("null"u8);

    public bool IsNegative => IsNull;

    public bool SaysTheSame(object? other) => other is SectionFragment fragment && Json.Span.SequenceEqual(fragment.Json.Span);

    public long SizeInBytes => Json.Length + ObjectOverhead;
}
