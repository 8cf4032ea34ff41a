namespace Larder.Freshness;

/// <summary>
/// The last position of each coarse tag, exactly: open addressing in arrays of a fixed size, one writer, readers without a lock. Tags are
/// never taken out, so that once it is full it stays full and a tag has one place for ever: here, or, when it came after that, in the fine table.
/// </summary>
internal sealed class CoarseTable(int bits)
{
    private readonly ulong[] _tags = new ulong[1 << bits];
    private readonly long[] _positions = new long[1 << bits];
    private int _count;

    private int Limit => _tags.Length / 4 * 3;

    /// <summary>Writes the position. False: the table is full and has no place for this tag.</summary>
    internal bool TrySet(Tag tag, long seq)
    {
        var index = IndexOf(tag);
        if (_tags[index] == 0)
        {
            if (_count == Limit)
            {
                return false;
            }

            _count++;

            // The position first: whoever finds the tag finds a position too.
            Volatile.Write(ref _positions[index], seq);
            Volatile.Write(ref _tags[index], tag.Bits);
            return true;
        }

        Volatile.Write(ref _positions[index], seq);
        return true;
    }

    /// <summary>The last position. False: the tag has no place here.</summary>
    internal bool TryGet(Tag tag, out long seq)
    {
        var index = IndexOf(tag);
        var found = Volatile.Read(ref _tags[index]) == tag.Bits;
        seq = found ? Volatile.Read(ref _positions[index]) : 0;
        return found;
    }

    // The place of the tag, or the empty place where it would go; a quarter of the places is always empty. The bits of a coarse tag are never 0.
    private int IndexOf(Tag tag)
    {
        var mask = _tags.Length - 1;
        var index = (int)(tag.Bits >> 32) & mask;
        while (true)
        {
            var there = Volatile.Read(ref _tags[index]);
            if (there == 0 || there == tag.Bits)
            {
                return index;
            }

            index = (index + 1) & mask;
        }
    }
}
