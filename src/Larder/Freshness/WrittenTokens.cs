namespace Larder.Freshness;

/// <summary>Collects the tokens of what is written in one flow, as one token that stands for all of them.</summary>
internal sealed class WrittenTokens
{
    private readonly Lock _changing = new();
    private WriteToken _token;
    private int _pending;
    private TaskCompletionSource? _ended;

    /// <summary>A write is being published, whose token comes with <see cref="End"/>.</summary>
    internal void Begin()
    {
        lock (_changing)
        {
            _pending++;
        }
    }

    internal void End(WriteToken token)
    {
        lock (_changing)
        {
            _pending--;
            _token = Join(_token, token);
            if (_pending == 0)
            {
                _ended?.TrySetResult();
                _ended = null;
            }
        }
    }

    internal void Note(WriteToken token)
    {
        lock (_changing)
        {
            _token = Join(_token, token);
        }
    }

    /// <summary>Waits for what is being published, which a log ends within its limits.</summary>
    /// <returns>None: nothing was written.</returns>
    internal async ValueTask<WriteToken> EndedAsync()
    {
        Task ended;
        lock (_changing)
        {
            ended = _pending == 0 ? Task.CompletedTask : (_ended ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }

        await ended;
        lock (_changing)
        {
            return _token;
        }
    }

    // Of one flow it is not known which of two epochs is the later one.
    private static WriteToken Join(WriteToken one, WriteToken other) =>
        one.IsNone || one == other ? other
        : other.IsNone ? one
        : one.IsPoison || other.IsPoison || one.Epoch != other.Epoch ? WriteToken.Poison
        : one.Seq > other.Seq ? one : other;
}
