using System.Buffers;
using System.Text;
using Larder.Redis.Resp;

namespace Larder.Redis.Tests.Resp;

/// <summary>Frames as text, and text cut into segments.</summary>
internal static class Frames
{
    /// <summary>One of every kind of answer.</summary>
    public static readonly string[] Every =
    [
        "+OK\r\n",
        "+\r\n",
        "-ERR no\r\n",
        ":0\r\n",
        ":-9223372036854775808\r\n",
        ":+7\r\n",
        "$5\r\nhello\r\n",
        "$0\r\n\r\n",
        "$4\r\n\r\n\r\n\r\n",
        "$-1\r\n",
        "*-1\r\n",
        "*0\r\n",
        "*2\r\n$1\r\na\r\n:1\r\n",
        "*3\r\n*0\r\n*1\r\n*1\r\n_\r\n+end\r\n",
        "_\r\n",
        ",1.5\r\n",
        ",inf\r\n",
        ",-inf\r\n",
        ",nan\r\n",
        ",1e10\r\n",
        "#t\r\n",
        "#f\r\n",
        "!9\r\nERR\r\nbad\n\r\n",
        "=7\r\ntxt:abc\r\n",
        "=4\r\nmkd:\r\n",
        "(-3492890328409238509324850943850943825024385\r\n",
        "%2\r\n+a\r\n:1\r\n+b\r\n*1\r\n:2\r\n",
        "%0\r\n",
        "~2\r\n+a\r\n+b\r\n",
        "|1\r\n+ttl\r\n:3600\r\n$1\r\nv\r\n",
        "|1\r\n+a\r\n*1\r\n|0\r\n:1\r\n*2\r\n|1\r\n+x\r\n+y\r\n:1\r\n:2\r\n",
        ">2\r\n+invalidate\r\n*1\r\n$1\r\nk\r\n",
    ];

    public static ReadOnlySequence<byte> Whole(string frame) => new(Encoding.Latin1.GetBytes(frame));

    /// <summary>The text in segments that end at the places given.</summary>
    public static ReadOnlySequence<byte> Cut(string frame, params int[] places)
    {
        var bytes = Encoding.Latin1.GetBytes(frame);
        var first = new Segment(bytes.AsMemory(0, places.Length > 0 ? places[0] : bytes.Length), null);
        var last = first;
        for (var i = 0; i < places.Length; i++)
        {
            var end = i + 1 < places.Length ? places[i + 1] : bytes.Length;
            last = new Segment(bytes.AsMemory(places[i], end - places[i]), last);
        }

        return new(first, 0, last, last.Memory.Length);
    }

    /// <summary>The frame as a tree, written out; two frames that mean the same are written the same.</summary>
    public static string Describe(in ReadOnlySequence<byte> frame, RespLimits? limits = null)
    {
        var reader = new RespReader(frame, limits ?? RespLimits.Default);
        reader.Read();
        return Describe(RespReply.Read(ref reader));
    }

    public static string Describe(RespReply reply) =>
        reply.Items.Count > 0 || reply.Type is RespType.Array or RespType.Map or RespType.Set or RespType.Push
            ? $"{reply.Type}[{string.Join(", ", reply.Items.Select(Describe))}]"
            : $"{reply.Type}({Encoding.Latin1.GetString(reply.Bytes.Span)})";

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, Segment? before)
        {
            Memory = memory;
            if (before is not null)
            {
                RunningIndex = before.RunningIndex + before.Memory.Length;
                before.Next = this;
            }
        }
    }
}
