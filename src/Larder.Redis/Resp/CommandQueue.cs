namespace Larder.Redis.Resp;

/// <summary>
/// The commands of one connection in the order of its answers: waiting to be written, then owed an answer. One lock guards both, and each
/// command's stage; it is held for moments only. The bound counts everything, abandoned commands too.
/// </summary>
internal sealed class CommandQueue(int capacity)
{
    // More in one write gains nothing, and the answers to its first commands could be here.
    private const int BatchBytes = 64 * 1024;

    private readonly Lock _lock = new();
    private readonly Queue<PendingCommand> _waiting = new();
    private readonly Queue<PendingCommand> _sent = new();
    private PendingCommand? _replying;
    private Exception? _closed;
    private bool _isSending;
    private int _count;

    /// <summary>The commands that wait or are owed an answer.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Whether there is something to send. A hint, read without the lock.</summary>
    public bool HasWaiting => _waiting.Count > 0;

    /// <summary>Takes a command in.</summary>
    /// <param name="command">What is to be sent; the queue holds it from now on, unless there is a failure.</param>
    /// <param name="failure">Why not, if not.</param>
    /// <returns>Who must send: nobody new, the caller itself at once, or the thread pool.</returns>
    public SendTurn Enqueue(PendingCommand command, out Exception? failure)
    {
        lock (_lock)
        {
            failure = _closed ?? (_count >= capacity ? new RedisQueueFullException(capacity) : null);
            if (failure is not null)
            {
                return SendTurn.Taken;
            }

            command.Queue = this;
            _waiting.Enqueue(command);
            var isAlone = _count++ == 0;
            if (_isSending)
            {
                return SendTurn.Taken;
            }

            // On an idle connection the caller saves itself a change of threads. On a busy one the turn queues behind callers that are about
            // to run, so that their commands go out in the same write.
            _isSending = true;
            return isAlone ? SendTurn.AtOnce : SendTurn.Queued;
        }
    }

    /// <summary>Moves what goes out in the next write into the writer; a command with a large argument is left to the sender to write.</summary>
    /// <returns>False: nothing waits, and the turn to send is over.</returns>
    public bool TryTakeBatch(RespFrameWriter writer, out PendingCommand? large)
    {
        large = null;
        lock (_lock)
        {
            while (_closed is null && writer.Length < BatchBytes && _waiting.TryPeek(out var command))
            {
                if (!command.IsCompleted && command.HasLargeArgument && writer.Length > 0)
                {
                    break;
                }

                _waiting.Dequeue();
                if (command.IsCompleted)
                {
                    LetGo_NeedsLock(command);
                    continue;
                }

                _sent.Enqueue(command);
                if (command.HasLargeArgument)
                {
                    command.Stage = CommandStage.Writing;
                    large = command;
                    return true;
                }

                command.WriteTo(writer);
                command.Stage = CommandStage.Sent;
            }

            _isSending = writer.Length > 0;
            if (!_isSending)
            {
                // Here, because as soon as the lock is free the next sender may have the writer.
                writer.Release();
            }

            return _isSending;
        }
    }

    /// <summary>Says that the bytes of a large command are written, or never will be.</summary>
    public void EndWriting(PendingCommand command)
    {
        lock (_lock)
        {
            command.Stage = CommandStage.Sent;
            command.ForgetArguments();
            if (command.HoldsReply)
            {
                command.Publish();
            }
            else if (command.Abandoned is { } reason)
            {
                command.Fail(reason);
            }

            if (command.HoldsReply || command.IsOrphaned)
            {
                LetGo_NeedsLock(command);
            }
        }
    }

    /// <summary>The command that the next answer belongs to, for <see cref="EndReply"/>; null: no answer is owed.</summary>
    public PendingCommand? BeginReply()
    {
        lock (_lock)
        {
            return _sent.TryDequeue(out var command) ? _replying = command : null;
        }
    }

    /// <summary>Completes the command with the outcome it has taken.</summary>
    public void EndReply(PendingCommand command)
    {
        lock (_lock)
        {
            _replying = null;
            if (command.Stage == CommandStage.Writing)
            {
                command.HoldsReply = true;
                return;
            }

            command.Publish();
            LetGo_NeedsLock(command);
        }
    }

    /// <summary>Frees the caller of the command. It stays in its place if it was sent, so that its answer finds it.</summary>
    public void Abandon(PendingCommand command, Exception reason)
    {
        lock (_lock)
        {
            Abandon_NeedsLock(command, reason);
        }
    }

    /// <summary>Fails the commands whose time is up.</summary>
    /// <param name="now">The timestamp of the clock that the deadlines are of.</param>
    /// <param name="next">The earliest deadline of the others; <see cref="long.MaxValue"/> if there is none.</param>
    /// <returns>What has run out of time.</returns>
    public ExpiredCommands Expire(long now, out long next)
    {
        lock (_lock)
        {
            next = long.MaxValue;
            var expired = ExpiredCommands.None;
            foreach (var command in _waiting)
            {
                expired |= Expire_NeedsLock(command, now, ref next);
            }

            foreach (var command in _sent)
            {
                expired |= Expire_NeedsLock(command, now, ref next);
            }

            return _replying is null ? expired : expired | Expire_NeedsLock(_replying, now, ref next);
        }
    }

    /// <summary>Fails everything, now and from now on.</summary>
    public void Close(Exception reason)
    {
        lock (_lock)
        {
            if (_closed is not null)
            {
                return;
            }

            _closed = reason;
            while (_waiting.TryDequeue(out var command))
            {
                command.Fail(reason);
                LetGo_NeedsLock(command);
            }

            while (_sent.TryDequeue(out var command))
            {
                Abandon_NeedsLock(command, reason);
                command.IsOrphaned = command.Stage == CommandStage.Writing;
                if (!command.IsOrphaned)
                {
                    LetGo_NeedsLock(command);
                }
            }

            if (_replying is { } last)
            {
                Abandon_NeedsLock(last, reason);
            }
        }
    }

    private static void Abandon_NeedsLock(PendingCommand command, Exception reason)
    {
        if (command.Stage == CommandStage.Writing)
        {
            command.Abandoned ??= reason;
        }
        else
        {
            command.Fail(reason);
        }
    }

    private static ExpiredCommands Expire_NeedsLock(PendingCommand command, long now, ref long next)
    {
        if (command.IsCompleted)
        {
            return ExpiredCommands.None;
        }

        if (command.Deadline > now)
        {
            next = Math.Min(next, command.Deadline);
            return ExpiredCommands.None;
        }

        var isHeld = command.Stage == CommandStage.Writing;
        Abandon_NeedsLock(command, new RedisTimeoutException($"Redis did not answer {command.Verb} within the time limit."));
        return isHeld ? ExpiredCommands.Held : ExpiredCommands.Freed;
    }

    private void LetGo_NeedsLock(PendingCommand command)
    {
        _count--;
        command.Release();
    }
}

/// <summary>Whose turn it is to send.</summary>
internal enum SendTurn
{
    Taken,
    AtOnce,
    Queued,
}

/// <summary>Which commands have run out of time.</summary>
[Flags]
internal enum ExpiredCommands
{
    None = 0,

    /// <summary>Their callers are free.</summary>
    Freed = 1,

    /// <summary>Their bytes are being written; their callers are free when the connection has let go of them.</summary>
    Held = 2,
}
