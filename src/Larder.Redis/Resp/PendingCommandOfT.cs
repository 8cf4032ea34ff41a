using System.Collections.Concurrent;
using System.Threading.Tasks.Sources;

namespace Larder.Redis.Resp;

/// <summary>Takes a command's result from its answer; the reader stands on the first value, which is no error.</summary>
internal delegate T ReplyReader<out T>(ref RespReader reader);

/// <summary>A command with a result. It is its own task, so that a command costs no allocation but that of its result.</summary>
internal sealed class PendingCommand<T> : PendingCommand, IValueTaskSource<T>
{
    private const int Kept = 256;

    private static readonly ConcurrentQueue<PendingCommand<T>> Pool = new();
    private static int _poolCount;

    // Continuations run elsewhere: a caller's code must not hold up the answers of all others.
    private ManualResetValueTaskSourceCore<T> _task = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _cancellation;
    private ReplyReader<T> _reader = null!;
    private T _value = default!;
    private Exception? _failure;

    public ValueTask<T> Task => new(this, _task.Version);

    public override bool WantsBytes => typeof(T) == typeof(PooledBytes);

    public static PendingCommand<T> Rent(RespVerb verb, ReadOnlySpan<RespArgument> arguments, ReplyReader<T> reader)
    {
        if (Pool.TryDequeue(out var command))
        {
            Interlocked.Decrement(ref _poolCount);
        }
        else
        {
            command = new();
        }

        command._reader = reader;
        command.Begin(verb, arguments);
        return command;
    }

    /// <summary>Called by the caller's side, after the command is queued.</summary>
    public void WatchCancellation(CancellationToken cancellationToken)
    {
        if (cancellationToken.CanBeCanceled)
        {
            _cancellation = cancellationToken.UnsafeRegister(
                static (state, token) => ((PendingCommand<T>)state!).Cancel(token), this);
        }
    }

    public override void ReadReply(ref RespReader reader)
    {
        if (IsCompleted)
        {
            return;
        }

        try
        {
            if (reader.IsError)
            {
                _failure = RedisServerException.Of(reader.GetString());
            }
            else
            {
                _value = _reader(ref reader);
            }
        }
        catch (Exception exception)
        {
            _failure = exception;
        }
    }

    public override void TakeBytes(PooledBytes bytes) => _value = (T)(object)bytes;

    public override void TakeFailure(Exception failure) => _failure = failure;

    public override void Publish()
    {
        if (!TryComplete())
        {
            (_value as IDisposable)?.Dispose();
        }
        else if (_failure is not null)
        {
            _task.SetException(_failure);
        }
        else
        {
            _task.SetResult(_value);
        }
    }

    public override void Fail(Exception failure)
    {
        if (TryComplete())
        {
            _task.SetException(failure);
        }
    }

    public T GetResult(short token)
    {
        // Not in the finally below: a second await of a task that is over must not let go of somebody else's command.
        if (_task.GetStatus(token) == ValueTaskSourceStatus.Pending)
        {
            throw new InvalidOperationException("The command has not completed.");
        }

        try
        {
            return _task.GetResult(token);
        }
        finally
        {
            // Waits for a cancellation that is just being told.
            _cancellation.Dispose();
            _cancellation = default;
            Release();
        }
    }

    public ValueTaskSourceStatus GetStatus(short token) => _task.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _task.OnCompleted(continuation, state, token, flags);

    protected override void Recycle()
    {
        _task.Reset();
        _value = default!;
        _failure = null;
        if (Interlocked.Increment(ref _poolCount) <= Kept)
        {
            Pool.Enqueue(this);
        }
        else
        {
            Interlocked.Decrement(ref _poolCount);
        }
    }

    private void Cancel(CancellationToken cancellationToken) => Queue?.Abandon(this, new OperationCanceledException(cancellationToken));
}
