namespace Larder.Diagnostics;

/// <summary>
/// A frame of one slice of time as bytes: for each cell that is not zero, how many cells after the last one, and its value, both as
/// LEB128. Most answers of a slice fall into some dozens of buckets, two or three bytes each; a frame without any answer is null.
/// </summary>
internal static class CompactFrame
{
    /// <summary>What a buffer for any frame must hold: a distance takes two bytes at most, a value ten.</summary>
    internal const int LargestBytes = FrameLayout.Cells * (2 + 10);

    private const int PayloadBits = 7;
    private const byte Continues = 1 << PayloadBits;

    /// <summary>The frame as an array of just its length.</summary>
    internal static byte[]? Encode(ReadOnlySpan<long> frame, Span<byte> buffer)
    {
        var length = 0;
        var next = 0;
        for (var cell = 0; cell < frame.Length; cell++)
        {
            if (frame[cell] != 0)
            {
                Write(buffer, ref length, (ulong)(cell - next));
                Write(buffer, ref length, (ulong)frame[cell]);
                next = cell + 1;
            }
        }

        return length == 0 ? null : buffer[..length].ToArray();
    }

    /// <summary>Adds the cells to those of the frame.</summary>
    internal static void AddTo(ReadOnlySpan<byte> compact, Span<long> frame)
    {
        var cell = 0;
        for (var at = 0; at < compact.Length; cell++)
        {
            cell += (int)Read(compact, ref at);
            frame[cell] += (long)Read(compact, ref at);
        }
    }

    private static void Write(Span<byte> buffer, ref int length, ulong value)
    {
        for (; value >= Continues; value >>= PayloadBits)
        {
            buffer[length++] = (byte)(value | Continues);
        }

        buffer[length++] = (byte)value;
    }

    private static ulong Read(ReadOnlySpan<byte> compact, ref int at)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += PayloadBits)
        {
            var next = compact[at++];
            value |= (ulong)(next & (Continues - 1)) << shift;
            if (next < Continues)
            {
                return value;
            }
        }
    }
}
