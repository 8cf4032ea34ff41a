namespace Larder.Redis.Resp;

/// <summary>
/// One connection, shared by any number of callers, from its socket's beginning to its end. Answers come in the order of commands, so a
/// caller that gives up leaves its command in the queue and the connection stays in step.
/// </summary>
/// <remarks>
/// A server that lives and does not answer (stopped, paused, partitioned) is found by time limits: when one passes and nothing has arrived
/// while it ran, the connection has <em>stalled</em> and refuses commands at once, until something arrives or it is given up.
/// </remarks>
internal sealed class RespConnection : IRespExecutor, IAsyncDisposable
{
    private static readonly TimeSpan LeastTimer = TimeSpan.FromMilliseconds(1);

    private readonly RespSettings _settings;
    private readonly TimeProvider _time;
    private readonly CommandQueue _queue;
    private readonly RespSender _sender;
    private readonly RespReceiver _receiver;
    private readonly IDisposable _transport;
    private readonly Stream _stream;
    private readonly ITimer _timer;
    private readonly Lock _arming = new();
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private RedisException? _failure;
    private long _armedFor = long.MaxValue;
    private long _receivedAt;
    private long _writtenAt;
    private long _busySince;
    private long _stalledAt;
    private volatile bool _isStalled;

    /// <param name="stream">What the server is spoken to through.</param>
    /// <param name="transport">What is disposed to end everything that is under way on the stream.</param>
    /// <param name="settings">Limits and bounds.</param>
    /// <param name="time">The clock of the limits.</param>
    /// <param name="onPush">Takes in what is pushed; null: it is dropped.</param>
    public RespConnection(Stream stream, IDisposable transport, RespSettings settings, TimeProvider time, RespPushHandler? onPush = null)
    {
        (_stream, _transport, _settings, _time) = (stream, transport, settings, time);
        _queue = new(settings.QueueCapacity);
        _sender = new(stream, _queue, this);
        _receiver = new(stream, _queue, this, settings.Limits, onPush);
        _receivedAt = _writtenAt = time.GetTimestamp();
        _timer = time.CreateTimer(static state => ((RespConnection)state!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Completes when the connection has ended and holds nothing any more.</summary>
    public Task Closed => _closed.Task;

    /// <summary>Why the connection ended; null: it has not.</summary>
    public RedisException? Failure => Volatile.Read(ref _failure);

    /// <summary>Whether the server has stopped answering.</summary>
    public bool IsStalled => _isStalled;

    /// <summary>The commands that wait for answers.</summary>
    public int PendingCount => _queue.Count;

    /// <summary>Called when <see cref="IsStalled"/> has changed. It must be quick.</summary>
    public Action? StallChanged { get; set; }

    /// <summary>Called once when the connection ends, before anybody who waits for it learns so. It must be quick.</summary>
    public Action? Ending { get; set; }

    /// <summary>Begins to read.</summary>
    public void Start() => _ = ReceiveAsync();

    public ValueTask<T> ExecuteAsync<T>(
        RespVerb verb, ReadOnlySpan<RespArgument> arguments, ReplyReader<T> reader, TimeSpan limit, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<T>(cancellationToken);
        }

        if (_isStalled)
        {
            return ValueTask.FromException<T>(new RedisConnectionException("Redis has stopped answering; the command was not sent."));
        }

        var now = _time.GetTimestamp();
        if (_queue.Count == 0)
        {
            Volatile.Write(ref _busySince, now);
        }

        var command = PendingCommand<T>.Rent(verb, arguments, reader);
        var task = command.Task;
        var deadline = limit == Timeout.InfiniteTimeSpan ? long.MaxValue : now + Ticks(limit);
        command.Deadline = deadline;
        var turn = _queue.Enqueue(command, out var failure);
        if (failure is not null)
        {
            command.Release();
            command.Release();
            return ValueTask.FromException<T>(failure);
        }

        command.WatchCancellation(cancellationToken);
        Arm(deadline, now);
        _sender.Begin(turn);
        return task;
    }

    /// <summary>Ends the connection; every command that waits fails with the reason.</summary>
    public void Abort(RedisException reason)
    {
        if (Interlocked.CompareExchange(ref _failure, reason, null) is null)
        {
            Ending?.Invoke();
            _queue.Close(reason);
            _timer.Dispose();
            _transport.Dispose();
        }
    }

    /// <summary>Says that bytes have come in.</summary>
    public void ReportReceived()
    {
        // Exchanged, so that the look at the stall below is not done before: see OnTimer.
        Interlocked.Exchange(ref _receivedAt, _time.GetTimestamp());
        if (_isStalled)
        {
            _isStalled = false;
            StallChanged?.Invoke();
        }
    }

    /// <summary>Says that a part of a large command has gone out, which is no sign that the server answers.</summary>
    public void ReportWritten() => Volatile.Write(ref _writtenAt, _time.GetTimestamp());

    public async ValueTask DisposeAsync()
    {
        Abort(new RedisConnectionException("The connection to Redis was closed."));
        await _closed.Task;
    }

    private async Task ReceiveAsync()
    {
        try
        {
            await _receiver.RunAsync();
        }
        catch (Exception exception)
        {
            Abort(exception as RedisException ?? RespReceiver.Broken(exception));
        }

        await _stream.DisposeAsync();
        _closed.SetResult();
    }

    private void OnTimer()
    {
        lock (_arming)
        {
            _armedFor = long.MaxValue;
        }

        var now = _time.GetTimestamp();
        var receivedAt = Volatile.Read(ref _receivedAt);
        var movedAt = Math.Max(receivedAt, Volatile.Read(ref _writtenAt));
        var expired = _queue.Expire(now, out var next);
        if (expired.HasFlag(ExpiredCommands.Held))
        {
            if (IsOverdue(movedAt, now))
            {
                Abort(new RedisConnectionException("Redis has stopped reading in the middle of a large command."));
                return;
            }

            next = Math.Min(next, now + Ticks(_settings.CommandLimit));
        }

        if (expired.HasFlag(ExpiredCommands.Freed) && IsOverdue(receivedAt, now))
        {
            Stall(receivedAt, now);
        }

        if (_isStalled)
        {
            var end = Math.Max(_stalledAt, movedAt) + Ticks(_settings.StallLimit);
            if (now >= end)
            {
                Abort(new RedisConnectionException($"Redis has not answered for {_settings.StallLimit.TotalSeconds} s."));
                return;
            }

            next = Math.Min(next, end);
        }

        Arm(next, now);
    }

    private bool IsOverdue(long since, long now) => now - Math.Max(since, Volatile.Read(ref _busySince)) >= Ticks(_settings.CommandLimit);

    private void Stall(long receivedAt, long now)
    {
        if (_isStalled)
        {
            return;
        }

        _stalledAt = now;
        _isStalled = true;

        // The answer may have come in between, and nothing else would ever take the stall back.
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _receivedAt) != receivedAt)
        {
            _isStalled = false;
        }

        StallChanged?.Invoke();
    }

    // One timer for all commands, set for the earliest deadline: with equal limits it is set anew once a limit, not once a command.
    private void Arm(long deadline, long now)
    {
        if (deadline >= Volatile.Read(ref _armedFor))
        {
            return;
        }

        lock (_arming)
        {
            if (deadline < _armedFor)
            {
                _armedFor = deadline;
                var due = _time.GetElapsedTime(now, deadline);
                _timer.Change(due > LeastTimer ? due : LeastTimer, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private long Ticks(TimeSpan span) => (long)(span.TotalSeconds * _time.TimestampFrequency);
}
