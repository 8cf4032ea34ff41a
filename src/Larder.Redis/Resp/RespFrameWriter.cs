using System.Buffers;

namespace Larder.Redis.Resp;

/// <summary>The bytes of commands that go out in one write. It belongs to the one sender of a connection and is used again and again.</summary>
internal sealed class RespFrameWriter
{
    /// <summary>From this size on, bytes are sent from where they are instead of being copied: below it, a copy costs less than a write of its own.</summary>
    public const int LargeBytes = 16 * 1024;

    private const int StartBytes = 4 * 1024;
    private const int FramingBytes = 16;

    private byte[] _buffer = [];

    public int Length { get; private set; }

    public ReadOnlyMemory<byte> Written => _buffer.AsMemory(0, Length);

    public void Clear() => Length = 0;

    /// <summary>Begins a command: the number of its words and arguments, and its words.</summary>
    public void BeginCommand(RespVerb verb, int arguments)
    {
        var span = Reserve(FramingBytes + verb.Encoded.Length);
        var at = WriteFraming(span, (byte)'*', verb.WordCount + arguments);
        verb.Encoded.CopyTo(span[at..]);
        Length += at + verb.Encoded.Length;
    }

    /// <summary>Writes an argument as a whole.</summary>
    public void WriteArgument(in RespArgument argument)
    {
        // The length stands in front and is known for sure after encoding only, so it is written into a gap that fits any.
        var most = checked((int)argument.MaxBytes);
        var span = Reserve(most + (2 * FramingBytes));
        var written = argument.Encode(span[FramingBytes..]);
        var at = WriteFraming(span, (byte)'$', written);
        span.Slice(FramingBytes, written).CopyTo(span[at..]);
        "\r\n"u8.CopyTo(span[(at + written)..]);
        Length += at + written + 2;
    }

    /// <summary>Writes the length of an argument whose bytes are sent by themselves; <see cref="EndLargeArgument"/> follows them.</summary>
    public void BeginLargeArgument(long length) => Length += WriteFraming(Reserve(FramingBytes), (byte)'$', length);

    public void EndLargeArgument()
    {
        "\r\n"u8.CopyTo(Reserve(2));
        Length += 2;
    }

    /// <summary>Gives the memory back until there is something to write again.</summary>
    public void Release()
    {
        Clear();
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
        }
    }

    private static int WriteFraming(Span<byte> span, byte prefix, long number)
    {
        span[0] = prefix;
        number.TryFormat(span[1..], out var digits);
        "\r\n"u8.CopyTo(span[(1 + digits)..]);
        return digits + 3;
    }

    private Span<byte> Reserve(int bytes)
    {
        if (_buffer.Length - Length < bytes)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(Math.Max(Length + bytes, 2 * _buffer.Length), StartBytes));
            Written.Span.CopyTo(larger);
            var length = Length;
            Release();
            (_buffer, Length) = (larger, length);
        }

        return _buffer.AsSpan(Length);
    }
}
