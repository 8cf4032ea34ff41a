namespace Larder.Freshness;

/// <summary>
/// The last position of each of the fine tags written latest: lines of one cache line, a tag in one of seven places of its line, the oldest of them making room for a
/// new one. The eighth place of a line is the last position that was so forgotten: a tag that is not found was not written after it. One writer, readers without a lock.
/// </summary>
/// <remarks>
/// What a table of hashed slots loses by collisions, an exact one loses by age: a tag is never taken for written because another one was, as long as the table
/// remembers back to the entry that asks.
/// </remarks>
internal sealed class FineTable(int bits)
{
    private const int LineBits = 3;
    private const int Places = (1 << LineBits) - 1;
    private const int PositionBits = 44;
    private const long LastPosition = (1L << PositionBits) - 1;

    // In each place 20 bits of the tag above its position.
    private readonly ulong[] _words = new ulong[1 << Math.Max(bits, LineBits)];

    /// <summary>Writes the position, which is not below any that was written before.</summary>
    internal void Set(Tag tag, long seq)
    {
        var (line, mark) = (LineOf(tag), MarkOf(tag));
        var word = (mark << PositionBits) | (ulong)Math.Min(seq, LastPosition);
        var oldest = line;
        for (var place = line; place < line + Places; place++)
        {
            var there = _words[place];
            if (there == 0 || there >> PositionBits == mark)
            {
                Volatile.Write(ref _words[place], word);
                return;
            }

            if (PositionOf(there) < PositionOf(_words[oldest]))
            {
                oldest = place;
            }
        }

        // What is forgotten first, so that whoever does not find the tag any more finds this.
        Volatile.Write(ref _words[line + Places], (ulong)PositionOf(_words[oldest]));
        Volatile.Write(ref _words[oldest], word);
    }

    /// <summary>The last position at which the tag was written, or one that is not below it.</summary>
    internal long Get(Tag tag)
    {
        var (line, mark) = (LineOf(tag), MarkOf(tag));
        for (var place = line; place < line + Places; place++)
        {
            var there = Volatile.Read(ref _words[place]);
            if (there >> PositionBits == mark && there != 0)
            {
                return PositionOf(there);
            }
        }

        return (long)Volatile.Read(ref _words[line + Places]);
    }

    private static long PositionOf(ulong word) => (long)(word & LastPosition);

    private static ulong MarkOf(Tag tag) => (tag.Bits >> 1) & ((1UL << (64 - PositionBits)) - 1);

    private int LineOf(Tag tag) => ((int)(tag.Bits >> 40) << LineBits) & (_words.Length - 1);
}
