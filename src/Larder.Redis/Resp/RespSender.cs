namespace Larder.Redis.Resp;

/// <summary>
/// Writes the commands of one connection. Whoever has the turn writes all that waits, many commands in one write; a pipe would copy large
/// values, so there is none on this side.
/// </summary>
internal sealed class RespSender(Stream stream, CommandQueue queue, RespConnection connection) : IThreadPoolWorkItem
{
    // Large enough to be cheap; small enough to tell a slow network from one that stands still.
    private const int SliceBytes = 256 * 1024;

    private readonly RespFrameWriter _writer = new();

    public void Begin(SendTurn turn)
    {
        if (turn == SendTurn.AtOnce)
        {
            _ = SendAsync(isCaller: true);
        }
        else if (turn == SendTurn.Queued)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    public void Execute() => _ = SendAsync(isCaller: false);

    private async Task SendAsync(bool isCaller)
    {
        try
        {
            while (queue.TryTakeBatch(_writer, out var large))
            {
                if (large is not null)
                {
                    await SendLargeAsync(large);
                }
                else
                {
                    await FlushAsync();
                }

                // A caller has its own answer to wait for and does not send for others.
                if (isCaller && queue.HasWaiting)
                {
                    Begin(SendTurn.Queued);
                    return;
                }
            }
        }
        catch (Exception exception)
        {
            _writer.Release();
            connection.Abort(new RedisConnectionException("The connection to Redis broke while a command was being sent.", exception));
        }
    }

    private async ValueTask SendLargeAsync(PendingCommand command)
    {
        try
        {
            _writer.BeginCommand(command.Verb, command.ArgumentCount);
            for (var i = 0; i < command.ArgumentCount; i++)
            {
                var argument = command.ArgumentAt(i);
                if (!argument.IsBytes || argument.Bytes.Length < RespFrameWriter.LargeBytes)
                {
                    _writer.WriteArgument(argument);
                    continue;
                }

                _writer.BeginLargeArgument(argument.Bytes.Length);
                await FlushAsync();
                foreach (var segment in argument.Bytes)
                {
                    await SendInSlicesAsync(segment);
                }

                _writer.EndLargeArgument();
            }

            await FlushAsync();
        }
        finally
        {
            queue.EndWriting(command);
        }
    }

    private async ValueTask SendInSlicesAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var slice = bytes[..Math.Min(bytes.Length, SliceBytes)];
            await stream.WriteAsync(slice);
            connection.ReportWritten();
            bytes = bytes[slice.Length..];
        }
    }

    private ValueTask FlushAsync()
    {
        var written = _writer.Written;
        _writer.Clear();
        return stream.WriteAsync(written);
    }
}
