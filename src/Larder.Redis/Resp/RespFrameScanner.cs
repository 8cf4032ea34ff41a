using System.Buffers;

namespace Larder.Redis.Resp;

/// <summary>Finds where a frame ends, going on where it stopped when more bytes arrive, so that slow answers are not read again and again.</summary>
internal struct RespFrameScanner(RespLimits limits)
{
    private RespReaderState _state;
    private long _scanned;

    /// <summary>Whether the next byte begins a frame.</summary>
    public readonly bool IsAtStart => _scanned == 0;

    /// <param name="bytes">Everything from the frame's first byte on.</param>
    /// <param name="length">The bytes of the frame.</param>
    /// <returns>False: the frame does not end in these bytes; scan again with more.</returns>
    /// <exception cref="RespProtocolException">The bytes are not RESP, or go beyond a limit.</exception>
    public bool TryScan(in ReadOnlySequence<byte> bytes, out long length)
    {
        var reader = new RespReader(_scanned == 0 ? bytes : bytes.Slice(_scanned), limits, _state);
        while (reader.TryRead())
        {
            if (reader.IsFrameEnd)
            {
                length = _scanned + reader.Consumed;
                _scanned = 0;
                _state = default;
                return true;
            }
        }

        _scanned += reader.Consumed;
        _state = reader.State;
        length = 0;
        return bytes.Length > limits.MaxFrameBytes
            ? throw new RespProtocolException($"The server sent an answer of more than {limits.MaxFrameBytes} bytes.")
            : false;
    }
}
