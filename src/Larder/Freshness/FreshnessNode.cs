namespace Larder.Freshness;

/// <summary>
/// This node's fold of the invalidation log. Reading it takes one load; whoever changes it holds its lock. A node never returns to an epoch
/// that it left.
/// </summary>
internal sealed class FreshnessNode(TimeProvider time, FreshnessRules? rules = null, LogTableSizes? sizes = null)
{
    private const int MaxWaiters = 10_000;
    private const int MaxLeftEpochs = 64;
    private const int MaxSchemas = 8;
    private const long NothingHeard = long.MinValue;

    private readonly Lock _changing = new();
    private readonly List<WriteSet> _bypassed = [];
    private readonly Queue<ulong> _leftEpochs = [];
    private readonly List<Waiter> _waiters = [];

    // While this node knows no schema: those of the records it has applied, with the last position of each.
    private readonly Dictionary<ulong, long> _schemas = [];
    private LogPosition _now = new(LogView.Create(0, 0, sizes ?? new()), 0, null);
    private ulong _schemaHash;
    private long _heardAt = NothingHeard;

    internal FreshnessRules Rules { get; } = rules ?? FreshnessRules.Sound;

    internal LogTableSizes TableSizes { get; } = sizes ?? new();

    /// <summary>Where the node stands. To be read before whatever is judged by it.</summary>
    internal LogPosition Now => Volatile.Read(ref _now);

    /// <summary>The schema this node derives tags from; 0: none yet, or none at all.</summary>
    internal ulong SchemaHash
    {
        get => Volatile.Read(ref _schemaHash);
        set
        {
            lock (_changing)
            {
                // What was applied while nobody knew the schema was taken for records of this one.
                var foreign = _schemaHash == 0 ? _schemas.Where(seen => seen.Key != value).Select(seen => seen.Value).DefaultIfEmpty().Max() : 0;
                if (foreign > _now.View.Floor)
                {
                    Publish(new(_now.View.StartingAt(foreign), _now.Applied, _now.Bypass));
                }

                _schemas.Clear();
                Volatile.Write(ref _schemaHash, value);
            }
        }
    }

    /// <summary>How far behind this node may be before strict policies stop using the cache; null: it cannot be behind, as with a log of its own.</summary>
    internal TimeSpan? LagBound { get; init; }

    /// <summary>Begins a life of the log at its last record.</summary>
    internal void Open(ulong epoch, long last)
    {
        lock (_changing)
        {
            if (epoch != _now.View.Epoch && !_leftEpochs.Contains(epoch))
            {
                Publish(new(LogView.Create(epoch, last, TableSizes), last, _now.Bypass));
            }
        }
    }

    internal void Apply(LogRecord record)
    {
        lock (_changing)
        {
            if (!_leftEpochs.Contains(record.Epoch))
            {
                NoteSchema_NeedsLock(record);
                Rules.Apply(this, _now, record);
            }
        }
    }

    /// <summary>Makes the position the node's. Only the rules call it, within <see cref="Apply"/>, and this class.</summary>
    internal void Publish(LogPosition next)
    {
        if (next.View.Epoch != _now.View.Epoch)
        {
            _leftEpochs.Enqueue(_now.View.Epoch);
            if (_leftEpochs.Count > MaxLeftEpochs)
            {
                _leftEpochs.Dequeue();
            }
        }

        _now.EndedAt = time.GetTimestamp();

        // Release: the slots written before are seen by whoever sees the position.
        Volatile.Write(ref _now, next);
        Wake_NeedsLock();
    }

    /// <summary>Neither serves nor stores what read the tags, until the same write set is given to <see cref="EndBypass"/>.</summary>
    internal void Bypass(WriteSet writes) => ChangeBypass(writes, static (bypassed, writes) => bypassed.Add(writes));

    internal void EndBypass(WriteSet writes) => ChangeBypass(writes, static (bypassed, writes) => bypassed.RemoveAt(bypassed.FindIndex(other => ReferenceEquals(other, writes))));

    /// <summary>Says that at the timestamp this node sent something that has now come back the whole way a write travels.</summary>
    internal void Heard(long sentAt) => Volatile.Write(ref _heardAt, sentAt);

    /// <summary>The most by which the node may be behind at a time; <see cref="TimeSpan.MaxValue"/> before it has heard anything, null: it cannot be behind.</summary>
    internal TimeSpan? LagAt(long timestamp) =>
        LagBound is null ? null : Volatile.Read(ref _heardAt) is var heardAt and not NothingHeard ? time.GetElapsedTime(heardAt, timestamp) : TimeSpan.MaxValue;

    /// <summary>Whether the node may be further behind than its bound allows. It compares this node's clock with itself only.</summary>
    internal bool IsLagging(long timestamp) => LagAt(timestamp) > LagBound;

    /// <summary>Waits until the position of the token is applied. False: it is not to be had, and its bearer must be served past the cache.</summary>
    internal ValueTask<bool> WaitForAsync(WriteToken token, TimeSpan limit, CancellationToken cancellationToken)
    {
        var reached = Has(Now, token);
        if (reached is { } known)
        {
            return new(known);
        }

        return WaitAsync(token, isRecord: false, limit, cancellationToken);
    }

    /// <summary>
    /// Waits until a record that this node has put into the log is applied here. Its epoch may be one that the node has not come to yet. False: it
    /// was not applied within the limit, or its epoch is over.
    /// </summary>
    internal ValueTask<bool> WaitForRecordAsync(WriteToken token, TimeSpan limit) => WaitAsync(token, isRecord: true, limit, CancellationToken.None);

    /// <summary>Whether the node was in the epoch and has gone on, so that it can never come back to it.</summary>
    internal bool HasLeft(ulong epoch)
    {
        lock (_changing)
        {
            return epoch != _now.View.Epoch && _leftEpochs.Contains(epoch);
        }
    }

    /// <summary>Whether the position is applied; null: not yet.</summary>
    internal static bool? Has(LogPosition now, WriteToken token) =>
        token.IsNone ? true
        : token.IsPoison || token.Epoch != now.View.Epoch ? false
        : token.Seq <= now.Applied ? true : null;

    private async ValueTask<bool> WaitAsync(WriteToken token, bool isRecord, TimeSpan limit, CancellationToken cancellationToken)
    {
        var waiter = new Waiter(token, isRecord, new(TaskCreationOptions.RunContinuationsAsynchronously));
        lock (_changing)
        {
            if (Has_NeedsLock(waiter) is { } known)
            {
                return known;
            }

            if (_waiters.Count >= MaxWaiters)
            {
                return false;
            }

            _waiters.Add(waiter);
        }

        try
        {
            await waiter.Reached.Task.WaitAsync(limit, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            // Not reached in time; what follows says so.
        }
        finally
        {
            lock (_changing)
            {
                _waiters.Remove(waiter);
            }
        }

        return Has(Now, token) is true;
    }

    private void NoteSchema_NeedsLock(LogRecord record)
    {
        if (_schemaHash != 0 || record.Writes.SchemaHash == 0)
        {
            return;
        }

        if (record.Epoch != _now.View.Epoch)
        {
            _schemas.Clear();
        }

        // Beyond the bound it is one more that is not this node's.
        _schemas[_schemas.Count < MaxSchemas || _schemas.ContainsKey(record.Writes.SchemaHash) ? record.Writes.SchemaHash : 0] = record.Seq;
    }

    private bool? Has_NeedsLock(Waiter waiter) =>
        !waiter.IsRecord || waiter.Token.Epoch == _now.View.Epoch ? Has(_now, waiter.Token)
        : _leftEpochs.Contains(waiter.Token.Epoch) ? false
        : null;

    private void ChangeBypass(WriteSet writes, Action<List<WriteSet>, WriteSet> change)
    {
        lock (_changing)
        {
            change(_bypassed, writes);

            // A new position, so that entries found fresh before are looked at again.
            Publish(new(_now.View, _now.Applied, BypassedTags.Of(_bypassed)));
        }
    }

    private void Wake_NeedsLock()
    {
        for (var i = _waiters.Count - 1; i >= 0; i--)
        {
            if (Has_NeedsLock(_waiters[i]) is not null)
            {
                _waiters[i].Reached.SetResult();
                _waiters.RemoveAt(i);
            }
        }
    }

    private sealed record Waiter(WriteToken Token, bool IsRecord, TaskCompletionSource Reached);
}
