namespace Larder.Redis.Resp;

/// <summary>
/// A command on its way. Two hold it: the caller until it has taken the result, and the connection until it has matched the answer or
/// given up; whoever lets go last returns it to its pool. So an abandoned command stays in its place, and its answer is read and dropped.
/// </summary>
internal abstract class PendingCommand
{
    private const int Holders = 2;
    private const int KeptArguments = 32;

    private RespArgument[] _arguments = new RespArgument[4];
    private int _argumentCount;
    private int _holders;
    private int _isCompleted;

    /// <summary>Guarded by the queue's lock, as are the next four.</summary>
    public CommandStage Stage { get; set; }

    /// <summary>The timestamp at which its time is up.</summary>
    public long Deadline { get; set; }

    /// <summary>Why the caller gave up while its bytes were being written; it learns so when they are.</summary>
    public Exception? Abandoned { get; set; }

    /// <summary>Whether the answer came while its bytes were being written; the sender then hands it over.</summary>
    public bool HoldsReply { get; set; }

    /// <summary>Whether the connection closed while its bytes were being written; the sender then lets go of it.</summary>
    public bool IsOrphaned { get; set; }

    public RespVerb Verb { get; private set; } = null!;

    /// <summary>The connection that the caller's cancellation is told to.</summary>
    public CommandQueue? Queue { get; set; }

    public bool HasLargeArgument { get; private set; }

    public ReadOnlySpan<RespArgument> Arguments => _arguments.AsSpan(0, _argumentCount);

    public int ArgumentCount => _argumentCount;

    public bool IsCompleted => Volatile.Read(ref _isCompleted) != 0;

    /// <summary>Whether the answer is wanted as bytes, so that a large one can be read to where it will stay.</summary>
    public abstract bool WantsBytes { get; }

    public RespArgument ArgumentAt(int index) => _arguments[index];

    /// <summary>Takes the outcome from the answer, for <see cref="Publish"/>. It never throws: an answer of another shape is the command's failure.</summary>
    public abstract void ReadReply(ref RespReader reader);

    /// <summary>Takes bytes as the outcome; only where <see cref="WantsBytes"/>.</summary>
    public abstract void TakeBytes(PooledBytes bytes);

    /// <summary>Takes a failure as the outcome, for <see cref="Publish"/>.</summary>
    public abstract void TakeFailure(Exception failure);

    /// <summary>Completes the caller with the outcome taken, unless it is completed.</summary>
    public abstract void Publish();

    /// <summary>Completes the caller, unless it is completed.</summary>
    public abstract void Fail(Exception failure);

    public void WriteTo(RespFrameWriter writer)
    {
        writer.BeginCommand(Verb, _argumentCount);
        foreach (ref readonly var argument in Arguments)
        {
            writer.WriteArgument(argument);
        }

        ForgetArguments();
    }

    /// <summary>Lets go of what the caller gave, which may be much.</summary>
    public void ForgetArguments()
    {
        _arguments.AsSpan(0, _argumentCount).Clear();
        _argumentCount = 0;
        if (_arguments.Length > KeptArguments)
        {
            _arguments = new RespArgument[KeptArguments];
        }
    }

    /// <summary>Called once by the connection and once by the caller.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
        {
            ForgetArguments();
            Queue = null;
            Abandoned = null;
            Recycle();
        }
    }

    protected void Begin(RespVerb verb, ReadOnlySpan<RespArgument> arguments)
    {
        Verb = verb;
        if (_arguments.Length < arguments.Length)
        {
            _arguments = new RespArgument[arguments.Length];
        }

        arguments.CopyTo(_arguments);
        _argumentCount = arguments.Length;
        HasLargeArgument = false;
        foreach (ref readonly var argument in arguments)
        {
            HasLargeArgument |= argument.IsBytes && argument.MaxBytes >= RespFrameWriter.LargeBytes;
        }

        (Stage, HoldsReply, IsOrphaned, _isCompleted, _holders) = (CommandStage.Waiting, false, false, 0, Holders);
    }

    protected bool TryComplete() => Interlocked.Exchange(ref _isCompleted, 1) == 0;

    protected abstract void Recycle();
}

/// <summary>How far a command has come.</summary>
internal enum CommandStage : byte
{
    /// <summary>Nothing of it is written; it can be withdrawn.</summary>
    Waiting,

    /// <summary>The connection reads the caller's bytes.</summary>
    Writing,

    /// <summary>The connection needs nothing of the caller's any more; the answer is owed.</summary>
    Sent,
}
