namespace Larder.Freshness;

/// <summary>
/// Names something a result depends on or a write changes, as 64 bits that are the same on every node: a table, a column of a table, a
/// value of a column, or a word of the application. Two tags with the same bits are the same; an accidental collision, about one in
/// 2^63 a pair, drops an entry too many and never one too few.
/// </summary>
/// <remarks>
/// Coarse tags (tables, and the wildcards "some row", "some value of a column") are few and have an exact table on every node; fine
/// tags are many and fold into a fixed one. Hash: FNV-1a over UTF-16 units, finished with the 64-bit mixer of MurmurHash3 (Appleby).
/// </remarks>
public readonly struct Tag : IEquatable<Tag>
{
    private const ulong Offset = 14695981039346656037;
    private const ulong Prime = 1099511628211;

    private Tag(ulong bits) => Bits = bits;

    /// <summary>The bits, the same on every node. The lowest one says that the tag is coarse.</summary>
    public ulong Bits { get; }

    /// <summary>Whether the tag names a table or a wildcard rather than a value.</summary>
    public bool IsCoarse => (Bits & 1) != 0;

    /// <summary>A tag of few kinds: a table, or a wildcard.</summary>
    public static Tag Coarse(ReadOnlySpan<char> name) => new(Mix(Add(Offset, name)) | 1);

    /// <summary>A tag of many values: a value of a column, or a word of the application.</summary>
    public static Tag Fine(ReadOnlySpan<char> name) => new(Mix(Add(Offset, name)) & ~1UL);

    /// <summary>The tag of a value under a column, whose name was prepared by <see cref="Prefix"/>.</summary>
    public static Tag Fine(ulong prefix, ReadOnlySpan<char> value) => new(Mix(Add(prefix, value)) & ~1UL);

    /// <summary>Prepares the part of a fine tag's name that stays the same.</summary>
    public static ulong Prefix(ReadOnlySpan<char> name) => Add(Offset, name);

    /// <summary>
    /// The tag of one facet of what this tag names: of a row or a table, that one column changed. It is coarse where both are.
    /// </summary>
    internal Tag Of(Tag facet) => new((Mix(Bits + (facet.Bits | 1)) & ~1UL) | (Bits & facet.Bits & 1));

    /// <summary>A tag from the bits that another node sent.</summary>
    public static Tag FromBits(ulong bits) => new(bits);

    /// <inheritdoc />
    public bool Equals(Tag other) => Bits == other.Bits;

    /// <inheritdoc />
    public override bool Equals(object? obj) => obj is Tag other && Equals(other);

    /// <inheritdoc />
    public override int GetHashCode() => Bits.GetHashCode();

    /// <inheritdoc />
    public override string ToString() => Bits.ToString("x16");

    /// <summary>Whether two tags are the same.</summary>
    public static bool operator ==(Tag left, Tag right) => left.Bits == right.Bits;

    /// <summary>Whether two tags differ.</summary>
    public static bool operator !=(Tag left, Tag right) => left.Bits != right.Bits;

    private static ulong Add(ulong hash, ReadOnlySpan<char> text)
    {
        foreach (var unit in text)
        {
            hash = (hash ^ unit) * Prime;
        }

        return hash;
    }

    private static ulong Mix(ulong hash)
    {
        hash ^= hash >> 33;
        hash *= 0xff51afd7ed558ccd;
        hash ^= hash >> 33;
        hash *= 0xc4ceb9fe1a85ec53;
        return hash ^ (hash >> 33);
    }
}
