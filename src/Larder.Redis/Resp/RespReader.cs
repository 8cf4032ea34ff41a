using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Larder.Redis.Resp;

/// <summary>
/// Reads RESP2 and RESP3 element by element, parents before children, from whatever bytes are there. It allocates nothing and copies
/// nothing. Streamed strings and aggregates, which no Redis server sends, are refused.
/// </summary>
internal ref struct RespReader
{
    private const int NumberBytes = 32;

    private static ReadOnlySpan<byte> Prefixes => "+-:$*_,#!=(%~|>"u8;

    private readonly RespLimits _limits;
    private SequenceReader<byte> _input;
    private RespReaderState _state;

    public RespReader(scoped in ReadOnlySequence<byte> bytes, RespLimits limits, scoped in RespReaderState state = default)
    {
        _input = new(bytes);
        _limits = limits;
        _state = state;
    }

    /// <summary>What the element is; null in the forms of RESP2 is <see cref="RespType.Null"/> too.</summary>
    public RespType Type { readonly get; private set; }

    /// <summary>The bytes of a scalar, without framing and without the format of a verbatim string.</summary>
    public ReadOnlySequence<byte> Value { readonly get; private set; }

    /// <summary>The elements of an aggregate; keys and values of a map both count.</summary>
    public int Count { readonly get; private set; }

    /// <summary>Whether the element is the last of its frame.</summary>
    public bool IsFrameEnd { readonly get; private set; }

    public readonly bool IsNull => Type == RespType.Null;

    public readonly bool IsError => Type is RespType.Error or RespType.BlobError;

    /// <summary>The bytes read so far.</summary>
    public readonly long Consumed => _input.Consumed;

    public readonly RespReaderState State => _state;

    /// <summary>Goes to the next element. False: its bytes are not all there, and nothing has been consumed.</summary>
    /// <exception cref="RespProtocolException">The bytes are not RESP, or go beyond a limit.</exception>
    public bool TryRead()
    {
        var start = _input.Consumed;
        if (!_input.TryRead(out var prefix))
        {
            return false;
        }

        if (TryReadLine(out var line) && TryReadBody((RespType)prefix, line))
        {
            return true;
        }

        _input.Rewind(_input.Consumed - start);

        // What cannot become an element is not waited for.
        return Prefixes.Contains(prefix) ? false : throw Unknown(prefix);
    }

    /// <summary>Goes to the next value of a frame whose bytes are all there, passing over attributes.</summary>
    /// <exception cref="RedisReplyException">There is none.</exception>
    public void Read()
    {
        do
        {
            if (!TryRead())
            {
                throw new RedisReplyException("The answer ends before the value that was expected.");
            }

            if (Type == RespType.Attribute)
            {
                SkipChildren();
                Type = RespType.Attribute;
            }
        }
        while (Type == RespType.Attribute);
    }

    /// <summary>Passes over what the element contains.</summary>
    public void SkipChildren()
    {
        if (Count == 0)
        {
            return;
        }

        var outside = _state.Depth - 1;
        while (_state.Depth > outside && TryRead())
        {
            // Each element read closes the levels it completes.
        }
    }

    /// <summary>Reads the next value as an aggregate and returns the number of its elements.</summary>
    public int ReadAggregate()
    {
        Read();
        return Type is RespType.Array or RespType.Set or RespType.Map or RespType.Push ? Count : throw Unexpected("an aggregate");
    }

    /// <summary>Reads the next value as a string.</summary>
    public string ReadString()
    {
        Read();
        return GetString();
    }

    public readonly string GetString() => IsScalar ? Encoding.UTF8.GetString(Value) : throw Unexpected("a string");

    public readonly byte[] GetBytes() => IsScalar ? Value.ToArray() : throw Unexpected("a string");

    /// <summary>The integer, also where the server gives one as a string.</summary>
    public readonly long GetInteger() => IsScalar && TryParse(Value, out long number) ? number : throw Unexpected("an integer");

    public readonly double GetDouble() => IsScalar && TryParse(Value, out double number) ? number : throw Unexpected("a number");

    public readonly bool GetBoolean() =>
        Type == RespType.Boolean ? Value.FirstSpan[0] == (byte)'t' : throw Unexpected("a boolean");

    public readonly RedisReplyException Unexpected(string expected) =>
        new($"The server answered with {(Type == RespType.None ? "nothing" : Type)} where {expected} was expected.");

    /// <summary>A reader that stands on a string whose bytes were taken from the wire already.</summary>
    public static RespReader OfBulk(scoped in ReadOnlySequence<byte> value, RespLimits limits) =>
        new(ReadOnlySequence<byte>.Empty, limits) { Type = RespType.Bulk, Value = value, IsFrameEnd = true };

    /// <summary>The length of the large string that the bytes begin with, if they do, and how many bytes say so.</summary>
    public static bool TryReadBulkHeader(in ReadOnlySequence<byte> bytes, out int length, out int headerBytes)
    {
        (length, headerBytes) = (0, 0);
        var input = new SequenceReader<byte>(bytes);
        if (!input.TryRead(out var prefix) || prefix != (byte)RespType.Bulk || !input.TryReadTo(out ReadOnlySequence<byte> line, "\r\n"u8))
        {
            return false;
        }

        headerBytes = (int)input.Consumed;
        if (!TryParse(line, out long number) || number is < 0 or > RespLimits.MaxBulkOnWire)
        {
            return false;
        }

        length = (int)number;
        return true;
    }

    private readonly bool IsScalar =>
        Type is RespType.Bulk or RespType.SimpleString or RespType.Integer or RespType.Verbatim or RespType.Double
            or RespType.BigNumber or RespType.Error or RespType.BlobError or RespType.Boolean;

    private bool TryReadLine(out ReadOnlySequence<byte> line)
    {
        if (_input.TryReadTo(out line, "\r\n"u8))
        {
            return line.Length <= RespLimits.MaxLineBytes ? true : throw TooLongLine();
        }

        return _input.Remaining > RespLimits.MaxLineBytes ? throw TooLongLine() : false;
    }

    private bool TryReadBody(RespType type, in ReadOnlySequence<byte> line)
    {
        switch (type)
        {
            case RespType.SimpleString or RespType.Error:
                return Scalar(type, line);
            case RespType.Integer:
                return TryParse(line, out long _) ? Scalar(type, line) : throw Malformed(type, line);
            case RespType.Double:
                return TryParse(line, out double _) ? Scalar(type, line) : throw Malformed(type, line);
            case RespType.Boolean:
                return line.Length == 1 && line.FirstSpan[0] is (byte)'t' or (byte)'f' ? Scalar(type, line) : throw Malformed(type, line);
            case RespType.BigNumber:
                return IsBigNumber(line) ? Scalar(type, line) : throw Malformed(type, line);
            case RespType.Null:
                return line.IsEmpty ? Scalar(type, line) : throw Malformed(type, line);
            case RespType.Bulk or RespType.BlobError or RespType.Verbatim:
                return TryReadBulk(type, line);
            case RespType.Array or RespType.Map or RespType.Set or RespType.Attribute or RespType.Push:
                return Aggregate(type, line);
            default:
                throw Unknown((byte)type);
        }
    }

    private bool TryReadBulk(RespType type, in ReadOnlySequence<byte> line)
    {
        var length = Length(type, line, _limits.MaxBulkBytes);
        if (length < 0)
        {
            return Scalar(RespType.Null, default);
        }

        if (_input.Remaining < length + 2L)
        {
            return false;
        }

        var body = _input.UnreadSequence.Slice(0, length);
        _input.Advance(length);
        if (!_input.IsNext("\r\n"u8, advancePast: true))
        {
            throw new RespProtocolException($"A string of {length} bytes does not end where it should.");
        }

        if (type != RespType.Verbatim)
        {
            return Scalar(type, body);
        }

        // "txt:" or "mkd:" in front of the text.
        const int Format = 4;
        return length >= Format && body.Slice(Format - 1, 1).FirstSpan[0] == (byte)':'
            ? Scalar(type, body.Slice(Format))
            : throw new RespProtocolException("A verbatim string does not say its format.");
    }

    private bool Scalar(RespType type, in ReadOnlySequence<byte> value)
    {
        Type = type;
        Value = value;
        Count = 0;
        IsFrameEnd = _state.Complete();
        return true;
    }

    private bool Aggregate(RespType type, in ReadOnlySequence<byte> line)
    {
        if (type == RespType.Push && _state.Depth > 0)
        {
            throw new RespProtocolException("A push stands inside an answer.");
        }

        var isPairs = type is RespType.Map or RespType.Attribute;
        var length = Length(type, line, isPairs ? _limits.MaxElements / 2 : _limits.MaxElements);
        if (length < 0)
        {
            return Scalar(RespType.Null, default);
        }

        Type = type;
        Value = default;
        Count = isPairs ? 2 * length : length;
        IsFrameEnd = false;
        if (Count > 0)
        {
            _state.Open(Count, type == RespType.Attribute);
        }
        else if (type != RespType.Attribute)
        {
            IsFrameEnd = _state.Complete();
        }

        return true;
    }

    // -1 is the null of RESP2, which only strings and arrays have.
    private static int Length(RespType type, in ReadOnlySequence<byte> line, int limit)
    {
        if (line.Length == 1 && line.FirstSpan[0] == (byte)'?')
        {
            throw new RespProtocolException($"The server streams a value of type {type}, which this client does not support.");
        }

        var isNullable = type is RespType.Bulk or RespType.Array;
        if (!TryParse(line, out long length) || length < (isNullable ? -1 : 0))
        {
            throw Malformed(type, line);
        }

        return length <= limit ? (int)length : throw new RespProtocolException($"The server announced {length} of type {type}; at most {limit} are accepted.");
    }

    private static bool TryParse(in ReadOnlySequence<byte> line, out long number)
    {
        number = 0;
        if (line.Length is 0 or > NumberBytes)
        {
            return false;
        }

        Span<byte> copy = stackalloc byte[NumberBytes];
        var digits = Flat(line, copy);
        if (digits[0] == (byte)'+')
        {
            digits = digits[1..];
        }

        return Utf8Parser.TryParse(digits, out number, out var read) && read == digits.Length;
    }

    private static bool TryParse(in ReadOnlySequence<byte> line, out double number)
    {
        const int DoubleBytes = 512;
        number = 0;
        if (line.Length is 0 or > DoubleBytes)
        {
            return false;
        }

        Span<byte> copy = stackalloc byte[DoubleBytes];
        var digits = Flat(line, copy);
        if (digits.SequenceEqual("inf"u8) || digits.SequenceEqual("-inf"u8))
        {
            number = digits[0] == (byte)'-' ? double.NegativeInfinity : double.PositiveInfinity;
            return true;
        }

        if (digits.SequenceEqual("nan"u8) || digits.SequenceEqual("-nan"u8))
        {
            number = double.NaN;
            return true;
        }

        return Utf8Parser.TryParse(digits, out number, out var read) && read == digits.Length;
    }

    private static bool IsBigNumber(in ReadOnlySequence<byte> line)
    {
        var input = new SequenceReader<byte>(line);
        _ = input.IsNext((byte)'-', advancePast: true) || input.IsNext((byte)'+', advancePast: true);
        return input.AdvancePastAny("0123456789"u8) > 0 && input.End;
    }

    private static ReadOnlySpan<byte> Flat(in ReadOnlySequence<byte> line, Span<byte> copy)
    {
        if (line.IsSingleSegment)
        {
            return line.FirstSpan;
        }

        line.CopyTo(copy);
        return copy[..(int)line.Length];
    }

    private static RespProtocolException Unknown(byte prefix) =>
        new($"The server sent an element that begins with byte 0x{prefix:x2}, which RESP3 does not have.");

    private static RespProtocolException TooLongLine() => new($"The server sent a line of more than {RespLimits.MaxLineBytes} bytes.");

    private static RespProtocolException Malformed(RespType type, in ReadOnlySequence<byte> line) =>
        new($"The server sent a malformed element of type {type} ({Math.Min(line.Length, RespLimits.MaxLineBytes)} bytes).");
}
