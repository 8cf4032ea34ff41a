using Larder.Diagnostics;

namespace Larder.Tests.Diagnostics;

public sealed class CompactFrameTests
{
    private readonly byte[] _buffer = new byte[CompactFrame.LargestBytes];

    [Fact]
    public void Encode_NoAnswers_IsNull() => Assert.Null(CompactFrame.Encode(new long[FrameLayout.Cells], _buffer));

    [Fact]
    public void Encode_EveryCellAtItsLargest_FitsTheBufferAndComesBack()
    {
        var frame = new long[FrameLayout.Cells];
        Array.Fill(frame, long.MaxValue);

        AssertComesBack(frame);
    }

    [Fact]
    public void Encode_RandomFrames_ComeBack()
    {
        var random = new Random(15);
        for (var round = 0; round < 500; round++)
        {
            var frame = new long[FrameLayout.Cells];
            for (var filled = random.Next(200); filled > 0; filled--)
            {
                frame[random.Next(frame.Length)] = 1 + (random.NextInt64(long.MaxValue - 1) >> random.Next(63));
            }

            AssertComesBack(frame);
        }
    }

    private void AssertComesBack(long[] frame)
    {
        var back = new long[frame.Length];
        CompactFrame.AddTo(CompactFrame.Encode(frame, _buffer), back);
        Assert.Equal(frame, back);
    }
}
