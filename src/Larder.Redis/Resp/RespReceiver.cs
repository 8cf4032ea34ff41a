using System.Buffers;
using System.IO.Pipelines;

namespace Larder.Redis.Resp;

/// <summary>Takes in what a server pushes, unasked. It runs between answers, so it must be quick; if it throws, the connection is given up.</summary>
internal delegate void RespPushHandler(ref RespReader reader);

/// <summary>Reads the answers of one connection and gives each to the command it belongs to.</summary>
internal sealed class RespReceiver(Stream stream, CommandQueue queue, RespConnection connection, RespLimits limits, RespPushHandler? onPush)
{
    // A string from this size on is read from the socket to where it will stay. The pipe is not in between: it is empty then.
    private const int LargeBytes = 16 * 1024;

    private readonly PipeReader _input = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: LargeBytes, minimumReadSize: 4096, leaveOpen: true));
    private RespFrameScanner _scanner = new(limits);

    /// <summary>Runs until the connection ends.</summary>
    /// <exception cref="RedisException">Always: why it ended.</exception>
    public async Task RunAsync()
    {
        try
        {
            while (true)
            {
                var result = await _input.ReadAsync();
                connection.ReportReceived();
                var buffer = result.Buffer;
                if (TryDispatch(ref buffer, out var large))
                {
                    await ReceiveLargeAsync(buffer, large);
                    continue;
                }

                _input.AdvanceTo(buffer.Start, buffer.End);
                if (result.IsCompleted)
                {
                    throw Ended(isInAnswer: !buffer.IsEmpty);
                }
            }
        }
        finally
        {
            await _input.CompleteAsync();
        }
    }

    /// <summary>Hands out all complete frames, up to a large string.</summary>
    private bool TryDispatch(ref ReadOnlySequence<byte> buffer, out int large)
    {
        while (!buffer.IsEmpty)
        {
            if (_scanner.IsAtStart && RespReader.TryReadBulkHeader(buffer, out large, out var headerBytes) && large >= LargeBytes)
            {
                buffer = buffer.Slice(headerBytes);
                return true;
            }

            if (!_scanner.TryScan(buffer, out var length))
            {
                break;
            }

            Dispatch(buffer.Slice(0, length));
            buffer = buffer.Slice(length);
        }

        large = 0;
        return false;
    }

    private void Dispatch(in ReadOnlySequence<byte> frame)
    {
        var reader = new RespReader(frame, limits);
        reader.Read();
        if (reader.Type == RespType.Push)
        {
            onPush?.Invoke(ref reader);
            return;
        }

        var command = BeginReply();
        command.ReadReply(ref reader);
        queue.EndReply(command);
    }

    private async ValueTask ReceiveLargeAsync(ReadOnlySequence<byte> buffer, int length)
    {
        var command = BeginReply();
        PooledBytes? bytes = null;
        try
        {
            // Where the answer is wanted in another form, it is read as a frame is, with header and end. Unwanted or too large: read and dropped.
            var isWanted = !command.IsCompleted && length <= limits.MaxBulkBytes;
            if (isWanted && command.WantsBytes)
            {
                bytes = PooledBytes.Rent(length);
                await ReceiveAsync(buffer, bytes.Memory, length);
                command.TakeBytes(bytes);
                bytes = null;
            }
            else if (isWanted)
            {
                bytes = PooledBytes.Rent(length);
                await ReceiveAsync(buffer, bytes.Memory, length);
                var reader = RespReader.OfBulk(new(bytes.Memory), limits);
                command.ReadReply(ref reader);
            }
            else
            {
                await ReceiveAsync(buffer, default, length);
                command.TakeFailure(new RedisReplyException($"The value has {length} bytes; at most {limits.MaxBulkBytes} are accepted."));
            }
        }
        catch (Exception exception)
        {
            // The loop ends with it; only, nobody else completes this command any more.
            command.TakeFailure(exception as RedisException ?? Broken(exception));
            throw;
        }
        finally
        {
            bytes?.Dispose();
            queue.EndReply(command);
        }
    }

    /// <summary>Reads the string to where it will stay, or nowhere, and what ends it.</summary>
    private async ValueTask ReceiveAsync(ReadOnlySequence<byte> buffer, Memory<byte> destination, int length)
    {
        var filled = (int)Math.Min(buffer.Length, length);
        if (!destination.IsEmpty)
        {
            buffer.Slice(0, filled).CopyTo(destination.Span);
        }

        _input.AdvanceTo(buffer.GetPosition(filled));
        if (filled < length)
        {
            await ReceiveRestAsync(destination, filled, length);
        }

        var end = await _input.ReadAtLeastAsync(2);
        if (end.Buffer.Length < 2)
        {
            throw Ended(isInAnswer: true);
        }

        Span<byte> lineEnd = stackalloc byte[2];
        end.Buffer.Slice(0, 2).CopyTo(lineEnd);
        _input.AdvanceTo(end.Buffer.GetPosition(2));
        if (!lineEnd.SequenceEqual("\r\n"u8))
        {
            throw new RespProtocolException($"A string of {length} bytes does not end where it should.");
        }
    }

    private async ValueTask ReceiveRestAsync(Memory<byte> destination, int filled, int length)
    {
        var nowhere = destination.IsEmpty ? ArrayPool<byte>.Shared.Rent(LargeBytes) : null;
        try
        {
            while (filled < length)
            {
                var target = nowhere is null ? destination[filled..] : nowhere.AsMemory(0, Math.Min(nowhere.Length, length - filled));
                var read = await stream.ReadAsync(target);
                connection.ReportReceived();
                filled += read > 0 ? read : throw Ended(isInAnswer: true);
            }
        }
        finally
        {
            if (nowhere is not null)
            {
                ArrayPool<byte>.Shared.Return(nowhere);
            }
        }
    }

    private PendingCommand BeginReply() =>
        queue.BeginReply() ?? throw new RespProtocolException("The server answered though nothing was asked.");

    private static RedisConnectionException Ended(bool isInAnswer) =>
        new(isInAnswer ? "Redis closed the connection in the middle of an answer." : "Redis closed the connection.");

    internal static RedisConnectionException Broken(Exception exception) => new("The connection to Redis broke.", exception);
}
