namespace Larder.Diagnostics;

/// <summary>
/// The past hour of one series in three rings of compact frames: 12 slices of 5 s, 10 of 30 s, 12 of 5 minutes. A longer slice is the sum
/// of the shorter ones it is made of, so a frame is taken from the counters once. Belongs to the store's lock.
/// </summary>
internal sealed class SliceRings
{
    internal const int ShortOfAMiddle = 6;
    internal const int MiddleOfALong = 10;
    internal const int ShortOfALong = ShortOfAMiddle * MiddleOfALong;

    /// <summary>Short slices after which nothing of before is left.</summary>
    internal const int ShortOfAll = LongSlices * ShortOfALong;

    private const int ShortSlices = 12;
    private const int MiddleSlices = 10;
    private const int LongSlices = 12;

    private readonly byte[]?[] _short = new byte[ShortSlices][];
    private readonly byte[]?[] _middle = new byte[MiddleSlices][];
    private readonly byte[]?[] _long = new byte[LongSlices][];

    /// <summary>The bytes that the slices take now.</summary>
    internal long Bytes => _short.Concat(_middle).Concat(_long).Sum(slice => slice?.LongLength ?? 0);

    /// <summary>The short slice from which on a window counts, when <paramref name="completed"/> slices are past and one is running.</summary>
    internal static long FirstOf(MetricWindow window, long completed) => Math.Max(0, window switch
    {
        MetricWindow.Minute => completed - (ShortSlices - 1),
        MetricWindow.FiveMinutes => ((completed / ShortOfAMiddle) - (MiddleSlices - 1)) * ShortOfAMiddle,
        MetricWindow.Hour => ((completed / ShortOfALong) - (LongSlices - 1)) * ShortOfALong,
        _ => 0,
    });

    /// <summary>Puts in the short slice of the number, and what it completes. Every number comes once, in order.</summary>
    internal void Put(long number, byte[]? slice, long[] scratch, byte[] buffer)
    {
        _short[number % ShortSlices] = slice;
        var completed = number + 1;
        if (completed % ShortOfAMiddle == 0)
        {
            _middle[(number / ShortOfAMiddle) % MiddleSlices] = Sum(_short, completed - ShortOfAMiddle, completed, scratch, buffer);
        }

        if (completed % ShortOfALong == 0)
        {
            var completedMiddle = completed / ShortOfAMiddle;
            _long[(number / ShortOfALong) % LongSlices] = Sum(_middle, completedMiddle - MiddleOfALong, completedMiddle, scratch, buffer);
        }
    }

    /// <summary>Adds the slices of a window to the frame: few long ones, then the middle ones and the short ones after them.</summary>
    internal void AddTo(MetricWindow window, long completed, long[] frame)
    {
        var at = FirstOf(window, completed);
        if (window is MetricWindow.Hour)
        {
            at = Add(_long, at / ShortOfALong, completed / ShortOfALong, frame) * ShortOfALong;
        }

        if (window is MetricWindow.Hour or MetricWindow.FiveMinutes)
        {
            at = Add(_middle, at / ShortOfAMiddle, completed / ShortOfAMiddle, frame) * ShortOfAMiddle;
        }

        Add(_short, at, completed, frame);
    }

    private static byte[]? Sum(byte[]?[] ring, long from, long to, long[] scratch, byte[] buffer)
    {
        Array.Clear(scratch);
        Add(ring, from, to, scratch);
        return CompactFrame.Encode(scratch, buffer);
    }

    private static long Add(byte[]?[] ring, long from, long to, long[] frame)
    {
        for (var number = from; number < to; number++)
        {
            CompactFrame.AddTo(ring[number % ring.Length], frame);
        }

        return Math.Max(from, to);
    }
}
