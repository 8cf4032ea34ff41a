using Larder.Redis.Resp;

namespace Larder.Redis.Tests.Resp;

public sealed class RespFrameScannerTests
{
    [Fact]
    public void TryScan_EveryFrameGrowingByteByByte_EndsExactlyWhereTheFrameEnds()
    {
        foreach (var frame in Frames.Every)
        {
            var scanner = new RespFrameScanner(RespLimits.Default);
            for (var length = 0; length < frame.Length; length++)
            {
                Assert.False(scanner.TryScan(Frames.Whole(frame[..length]), out _), frame[..length]);
            }

            Assert.True(scanner.TryScan(Frames.Whole(frame + "+next\r\n"), out var end));
            Assert.Equal(frame.Length, end);
            Assert.True(scanner.IsAtStart);
        }
    }

    [Fact]
    public void TryScan_AllFramesInOneBufferCutAtEveryPlace_FindsEachOfThem()
    {
        var stream = string.Concat(Frames.Every);
        for (var cut = 0; cut <= stream.Length; cut++)
        {
            var scanner = new RespFrameScanner(RespLimits.Default);
            var start = 0;
            var found = 0;
            foreach (var available in (int[])[cut, stream.Length])
            {
                while (start < available && scanner.TryScan(Frames.Whole(stream[start..available]), out var length))
                {
                    Assert.Equal(Frames.Every[found++].Length, length);
                    start += (int)length;
                }
            }

            Assert.Equal(Frames.Every.Length, found);
        }
    }

    [Fact]
    public void TryScan_AnswerLargerThanTheLimit_ThrowsBeforeItIsThere()
    {
        var scanner = new RespFrameScanner(new RespLimits { MaxFrameBytes = 100 });
        var frame = "*100\r\n" + string.Concat(Enumerable.Repeat("+x\r\n", 40));

        Assert.Throws<RespProtocolException>(() => scanner.TryScan(Frames.Whole(frame), out _));
    }

    [Fact]
    public void TryScan_ArrayArrivingElementByElement_DoesNotReadAgainWhatItHasRead()
    {
        // What was scanned is made garbage behind the scanner's back: it would refuse it if it looked again.
        var bytes = System.Text.Encoding.Latin1.GetBytes("*3\r\n:1\r\n:2\r\n:3\r\n");
        var scanner = new RespFrameScanner(RespLimits.Default);
        Assert.False(scanner.TryScan(new(bytes, 0, 12), out _));
        bytes.AsSpan(0, 12).Fill((byte)'?');

        Assert.True(scanner.TryScan(new(bytes), out var length));
        Assert.Equal(bytes.Length, length);
    }
}
