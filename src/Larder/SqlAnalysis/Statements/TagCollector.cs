using System.Buffers;
using System.Runtime.InteropServices;
using Larder.Freshness;

namespace Larder.SqlAnalysis.Statements;

/// <summary>A set of tags in their order, first on the stack and then in a rented array.</summary>
internal ref struct TagCollector(Span<Tag> first)
{
    private Span<Tag> _tags = first;
    private Tag[]? _rented;
    private int _count;

    public readonly ReadOnlySpan<Tag> Tags => _tags[.._count];

    public void Add(Tag tag)
    {
        // Numbers, because a search for them is vectorized.
        if (!MemoryMarshal.Cast<Tag, ulong>(_tags[.._count]).Contains(tag.Bits))
            Append(tag);
    }

    /// <summary>Adds a tag that is not there yet.</summary>
    public void Append(Tag tag)
    {
        if (_count == _tags.Length)
            Grow();
        _tags[_count++] = tag;
    }

    public void AddRange(ReadOnlySpan<Tag> tags)
    {
        foreach (var tag in tags)
            Add(tag);
    }

    /// <summary>The tags; the collector is not used afterwards.</summary>
    public Tag[] ToArray()
    {
        var tags = Tags.ToArray();
        Dispose();
        return tags;
    }

    public void Dispose()
    {
        if (_rented is not null)
            ArrayPool<Tag>.Shared.Return(_rented);
        _rented = null;
    }

    private void Grow()
    {
        var larger = ArrayPool<Tag>.Shared.Rent(_tags.Length * 2);
        _tags.CopyTo(larger);
        Dispose();
        _tags = _rented = larger;
    }
}
