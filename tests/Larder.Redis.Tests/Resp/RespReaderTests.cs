using System.Buffers;
using System.Text;
using Larder.Redis.Resp;

namespace Larder.Redis.Tests.Resp;

public sealed class RespReaderTests
{
    [Theory]
    [InlineData("+OK\r\n", "SimpleString(OK)")]
    [InlineData("-ERR no\r\n", "Error(ERR no)")]
    [InlineData(":-12\r\n", "Integer(-12)")]
    [InlineData("$5\r\nhello\r\n", "Bulk(hello)")]
    [InlineData("$0\r\n\r\n", "Bulk()")]
    [InlineData("$-1\r\n", "Null()")]
    [InlineData("*-1\r\n", "Null()")]
    [InlineData("_\r\n", "Null()")]
    [InlineData(",1.5\r\n", "Double(1.5)")]
    [InlineData("#t\r\n", "Boolean(t)")]
    [InlineData("!5\r\nERR x\r\n", "BlobError(ERR x)")]
    [InlineData("=7\r\ntxt:abc\r\n", "Verbatim(abc)")]
    [InlineData("(123456789012345678901234567890\r\n", "BigNumber(123456789012345678901234567890)")]
    [InlineData("*0\r\n", "Array[]")]
    [InlineData("*2\r\n*1\r\n:1\r\n$1\r\na\r\n", "Array[Array[Integer(1)], Bulk(a)]")]
    [InlineData("%1\r\n+k\r\n~1\r\n#f\r\n", "Map[SimpleString(k), Set[Boolean(f)]]")]
    [InlineData(">1\r\n+m\r\n", "Push[SimpleString(m)]")]
    [InlineData("|1\r\n+ttl\r\n:1\r\n$1\r\nv\r\n", "Bulk(v)")]
    [InlineData("*2\r\n|1\r\n+x\r\n*1\r\n:9\r\n:1\r\n:2\r\n", "Array[Integer(1), Integer(2)]")]
    [InlineData("*1\r\n-ERR inner\r\n", "Array[Error(ERR inner)]")]
    public void Read_FrameOfEachType_GivesTypeAndContent(string frame, string expected) =>
        Assert.Equal(expected, Frames.Describe(Frames.Whole(frame)));

    [Fact]
    public void TryRead_EveryFrameCutAtEveryPlace_ReadsTheSame()
    {
        foreach (var frame in Frames.Every)
        {
            var whole = Frames.Describe(Frames.Whole(frame));
            for (var first = 0; first <= frame.Length; first++)
            {
                for (var second = first; second <= frame.Length; second++)
                {
                    Assert.Equal(whole, Frames.Describe(Frames.Cut(frame, first, second)));
                }
            }
        }
    }

    [Fact]
    public void TryRead_EveryFrameWithoutItsEnd_ConsumesNothingOfTheElement()
    {
        foreach (var frame in Frames.Every)
        {
            for (var length = 0; length < frame.Length; length++)
            {
                var reader = new RespReader(Frames.Whole(frame[..length]), RespLimits.Default);
                var consumed = 0L;
                while (reader.TryRead())
                {
                    Assert.False(reader.IsFrameEnd);
                    consumed = reader.Consumed;
                }

                Assert.Equal(consumed, reader.Consumed);
            }
        }
    }

    [Theory]
    [InlineData("?\r\n")]
    [InlineData("OK\r\n")]
    [InlineData("\r\n")]
    [InlineData(":\r\n")]
    [InlineData(":1x\r\n")]
    [InlineData(":9223372036854775808\r\n")]
    [InlineData(",one\r\n")]
    [InlineData("#true\r\n")]
    [InlineData("_x\r\n")]
    [InlineData("(12a\r\n")]
    [InlineData("(-\r\n")]
    [InlineData("$-2\r\n")]
    [InlineData("$x\r\n")]
    [InlineData("$\r\n")]
    [InlineData("$1\r\nabc")]
    [InlineData("*-2\r\n")]
    [InlineData("%-1\r\n")]
    [InlineData("~-1\r\n")]
    [InlineData(">-1\r\n")]
    [InlineData("!-1\r\n")]
    [InlineData("=3\r\ntxt\r\n")]
    [InlineData("=4\r\ntxt-\r\n")]
    [InlineData("$?\r\n")]
    [InlineData("*?\r\n")]
    [InlineData("%?\r\n")]
    [InlineData("~?\r\n")]
    [InlineData(";4\r\n")]
    [InlineData(".\r\n")]
    [InlineData("*1\r\n>1\r\n+a\r\n")]
    public void TryRead_WhatIsNotResp3OrNotSupported_Throws(string frame) =>
        Assert.Throws<RespProtocolException>(() => Frames.Describe(Frames.Whole(frame)));

    [Theory]
    [InlineData("$11\r\n")]
    [InlineData("!11\r\n")]
    [InlineData("=11\r\n")]
    [InlineData("*5\r\n")]
    [InlineData("%3\r\n")]
    [InlineData("$99999999999999999999\r\n")]
    public void TryRead_MoreThanTheLimits_ThrowsBeforeTheContentIsThere(string header)
    {
        var limits = new RespLimits { MaxBulkBytes = 10, MaxElements = 4 };

        Assert.Throws<RespProtocolException>(() => Frames.Describe(Frames.Whole(header), limits));
    }

    [Fact]
    public void TryRead_AggregatesNestedAsDeepAsAllowed_ReadsThem()
    {
        var deepest = string.Concat(Enumerable.Repeat("*1\r\n", RespLimits.MaxDepth)) + ":1\r\n";

        Assert.EndsWith("Integer(1)" + new string(']', RespLimits.MaxDepth), Frames.Describe(Frames.Whole(deepest)), StringComparison.Ordinal);
        Assert.Throws<RespProtocolException>(() => Frames.Describe(Frames.Whole("*1\r\n" + deepest)));
    }

    [Fact]
    public void TryRead_LineWithoutEnd_ThrowsAtTheLimit()
    {
        var line = "+" + new string('x', RespLimits.MaxLineBytes + 2);

        Assert.Throws<RespProtocolException>(() => Frames.Describe(Frames.Whole(line)));
        Assert.Throws<RespProtocolException>(() => Frames.Describe(Frames.Whole(line + "\r\n")));
    }

    [Fact]
    public void GetDouble_EveryForm_GivesTheNumber()
    {
        Assert.Equal(1.5, Number(",1.5\r\n"));
        Assert.Equal(10_000_000_000, Number(",1e10\r\n"));
        Assert.Equal(double.PositiveInfinity, Number(",inf\r\n"));
        Assert.Equal(double.NegativeInfinity, Number(",-inf\r\n"));
        Assert.Equal(double.NaN, Number(",nan\r\n"));

        static double Number(string frame)
        {
            var reader = new RespReader(Frames.Whole(frame), RespLimits.Default);
            reader.Read();
            return reader.GetDouble();
        }
    }

    [Fact]
    public void GetInteger_OfStringWithDigits_GivesTheNumberAndOfOthersThrows()
    {
        var reader = new RespReader(Frames.Whole("$2\r\n42\r\n$1\r\nx\r\n*0\r\n"), RespLimits.Default);
        reader.Read();
        Assert.Equal(42, reader.GetInteger());
        reader.Read();
        Assert.True(IsRefused(ref reader));
        reader.Read();
        Assert.True(IsRefused(ref reader));

        static bool IsRefused(ref RespReader reader)
        {
            try
            {
                reader.GetInteger();
                return false;
            }
            catch (RedisReplyException)
            {
                return true;
            }
        }
    }

    [Fact]
    public void SkipChildren_NestedAggregate_GoesToWhatFollows()
    {
        var reader = new RespReader(Frames.Whole("*2\r\n%1\r\n+k\r\n*2\r\n:1\r\n|1\r\n+a\r\n+b\r\n:2\r\n+next\r\n"), RespLimits.Default);
        Assert.Equal(2, reader.ReadAggregate());
        Assert.Equal(2, reader.ReadAggregate());
        reader.SkipChildren();

        Assert.Equal("next", reader.ReadString());
        Assert.True(reader.IsFrameEnd);
    }

    [Fact]
    public void TryRead_RandomBytes_NeitherFailsOtherwiseNorRunsOn()
    {
        var random = new Random(20251127);
        const string Alphabet = "+-:$*_,#!=(%~|>;.?\r\n0123456789tfxinf ";
        for (var i = 0; i < 200_000; i++)
        {
            var text = new char[random.Next(1, 40)];
            for (var k = 0; k < text.Length; k++)
            {
                text[k] = Alphabet[random.Next(Alphabet.Length)];
            }

            ReadAll(new string(text));
        }
    }

    [Fact]
    public void TryRead_FramesWithOneByteChanged_NeitherFailsOtherwiseNorRunsOn()
    {
        foreach (var frame in Frames.Every)
        {
            for (var place = 0; place < frame.Length; place++)
            {
                for (var value = 0; value < 256; value++)
                {
                    ReadAll(string.Concat(frame.AsSpan(0, place), ((char)value).ToString(), frame.AsSpan(place + 1)));
                }
            }
        }
    }

    // Every element takes at least three bytes, so there cannot be more of them than bytes.
    private static void ReadAll(string text)
    {
        var reader = new RespReader(new ReadOnlySequence<byte>(Encoding.Latin1.GetBytes(text)), new RespLimits { MaxBulkBytes = 1000, MaxElements = 1000 });
        try
        {
            var elements = 0;
            while (reader.TryRead())
            {
                Assert.InRange(++elements, 0, text.Length);
            }
        }
        catch (RespProtocolException)
        {
            // Refused, which is all that it may do.
        }
    }
}
