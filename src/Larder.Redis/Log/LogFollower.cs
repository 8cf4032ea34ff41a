using Larder.Freshness;
using Larder.Redis.Resp;

namespace Larder.Redis.Log;

/// <summary>
/// The protocol of one node that follows the log, without sockets and clocks, so that the simulation runs the product's own code. One caller
/// reads the stream, takes what it read and jumps; another may ask for the tail beside it.
/// </summary>
/// <remarks>
/// A node is behind, and how far, is known by asking for the tail: whoever asked at a time and later has applied what the answer named has
/// everything that was in the log at that time. That is the nonce of the design without a record for it: epoch and position name the tail
/// uniquely, and only the script that appends can answer. An answer that names a record which a read sent <em>after</em> it does not bring was
/// lost (trimmed, deleted, or its ID lies before those this node has seen): the node jumps to the tail and knows nothing of what was before. It jumps as well when an entry of another
/// epoch comes, because only an answer says which one the server is in.
/// <para>
/// A node that starts reads what the log still has of the tail's epoch, from its first record on, so that it can judge what other nodes have left at the second level; it has
/// caught up when it has applied the tail it asked for. Where that does not come, it jumps.
/// </para>
/// </remarks>
/// <param name="node">Applies the records.</param>
/// <param name="replays">Whether it begins with what the log still has.</param>
internal class LogFollower(FreshnessNode node, bool replays = true)
{
    private readonly Lock _changing = new();
    private Question? _open;
    private ulong _refused;
    private bool _mustJump = true;
    private bool _mayReplay = replays;

    // The epoch that is replayed, until its first record comes; 0: none. What stands before it in the stream is of lives that are over.
    private ulong _awaited;

    /// <summary>After which entry the stream is to be read.</summary>
    public StreamId ReadAfter { get; private set; }

    /// <summary>Whether the tail must be asked for and jumped to before anything is read.</summary>
    public bool MustJump
    {
        get
        {
            lock (_changing)
            {
                return _mustJump;
            }
        }
    }

    /// <summary>An epoch that this node has left and so can never follow again; 0: none. The script begins another one for it.</summary>
    public ulong Refused
    {
        get
        {
            lock (_changing)
            {
                return _refused;
            }
        }
    }

    /// <summary>
    /// Begins at the tail, with a floor there; the first time, at the first record that the log still has. Only the reader of the stream calls it, with no read under way.
    /// </summary>
    /// <param name="tail">The answer to a question that was asked while no read was under way.</param>
    /// <param name="askedAt">The timestamp before the question was sent.</param>
    public virtual void Jump(LogTail tail, long askedAt)
    {
        lock (_changing)
        {
            if (Refuses(tail.Epoch))
            {
                return;
            }

            _mustJump = false;
            if (_mayReplay)
            {
                _mayReplay = false;
                _awaited = tail.Epoch;
                _open = new(tail, askedAt);
                return;
            }

            node.Apply(new(tail.Epoch, tail.Seq, WriteSet.Everything));
            ReadAfter = tail.Id;
            _open = null;
            _awaited = 0;
            node.Heard(askedAt);
        }
    }

    /// <summary>Whether an unanswered question is open, so that a read should not wait long for entries.</summary>
    public bool IsBehind
    {
        get
        {
            lock (_changing)
            {
                return _open is not null;
            }
        }
    }

    /// <summary>To be called before a read of the stream is sent; its result is given back with what was read.</summary>
    public object? BeginRead()
    {
        lock (_changing)
        {
            return _open;
        }
    }

    /// <summary>Takes what a read brought.</summary>
    /// <param name="entries">The entries after <see cref="ReadAfter"/>.</param>
    /// <param name="began">What <see cref="BeginRead"/> said.</param>
    public virtual void Take(IReadOnlyList<StreamEntry> entries, object? began)
    {
        lock (_changing)
        {
            foreach (var entry in entries)
            {
                ReadAfter = entry.Id;
                if (!TryRead(entry, out var record))
                {
                    // Not of this log's making; what it stood for is not known.
                    _mustJump = true;
                }
                else if (record.Epoch == (_awaited == 0 ? node.Now.View.Epoch : _awaited))
                {
                    _awaited = 0;
                    node.Apply(record);
                }
                else if (_awaited == 0)
                {
                    // A life that has just begun, or one that is over and came back with older data: a node that has started since cannot tell, the script can.
                    _mustJump = true;
                    break;
                }
            }

            if (_open is { } open)
            {
                Settle_NeedsLock(open);
                if (_open is not null && entries.Count == 0 && ReferenceEquals(open, began))
                {
                    // The read began after the answer, and the record it named did not come: it is gone.
                    _mustJump = true;
                    _open = null;
                }
            }
        }
    }

    /// <summary>Takes the answer to a question for the tail that any caller asked.</summary>
    public void Answered(LogTail tail, long askedAt)
    {
        lock (_changing)
        {
            if (_mustJump || Refuses(tail.Epoch))
            {
                return;
            }

            var question = new Question(tail, askedAt);
            if (IsReached(question))
            {
                node.Heard(askedAt);
            }
            else
            {
                // The older one is kept, or a node that is always a little behind would never hear.
                _open ??= question;
            }
        }
    }

    /// <summary>Whether all that was in the log when the question was answered is applied here.</summary>
    protected virtual bool IsReached(LogTail tail) => node.Now is var now && now.View.Epoch == tail.Epoch && now.Applied >= tail.Seq;

    private bool IsReached(Question question) => IsReached(question.Tail);

    private void Settle_NeedsLock(Question open)
    {
        if (IsReached(open))
        {
            node.Heard(open.AskedAt);
            _open = null;
        }
        else if (node.HasLeft(open.Tail.Epoch))
        {
            // The log has gone on to another epoch meanwhile; the next question is about that one.
            _open = null;
        }
    }

    // The server speaks for a life of the log that this node has left, as after a failover and back: one of them must begin anew. Where the
    // answer is only late, the script finds another epoch than the refused one and does nothing.
    private bool Refuses(ulong epoch)
    {
        if (!node.HasLeft(epoch))
        {
            _refused = 0;
            return false;
        }

        _refused = epoch;
        _mustJump = true;
        return true;
    }

    private static bool TryRead(StreamEntry entry, out LogRecord record)
    {
        ulong epoch = 0;
        long seq = 0;
        byte[]? bytes = null;
        for (var i = 0; i + 1 < entry.Fields.Count; i += 2)
        {
            var value = entry.Fields[i + 1];
            switch (entry.Fields[i])
            {
                case [(byte)'e']:
                    _ = LogTail.TryParseEpoch(System.Text.Encoding.ASCII.GetString(value), out epoch);
                    break;
                case [(byte)'s']:
                    _ = LogTail.TryParseSeq(System.Text.Encoding.ASCII.GetString(value), out seq);
                    break;
                case [(byte)'r']:
                    bytes = value;
                    break;
            }
        }

        var isRecord = epoch != 0 && seq > 0 && bytes is not null;
        record = isRecord ? new(epoch, seq, LogRecordFormat.Decode(bytes)) : new(0, 0, WriteSet.Everything);
        return isRecord;
    }

    private sealed record Question(LogTail Tail, long AskedAt);
}
