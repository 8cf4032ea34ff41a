namespace Larder.Freshness;

/// <summary>
/// Collects what a load reads: the tags its data sources report, the entries it obtains from the cache, and what it says by hand. It flows
/// with asynchronous calls and may be used by several at once. When the load returns it is sealed; a later read through it voids the
/// value, because nobody knows any more what the value depends on.
/// </summary>
public sealed class ReadScope : IDisposable
{
    private const int MaxTags = 4096;
    private const int MaxStatements = 32;

    private readonly Lock _adding = new();
    private readonly HashSet<Tag> _tags = [];
    private readonly ReadScope? _outer;
    private List<ReadStatement>? _statements;
    private ReadStamp? _stamped;
    private bool _isSealed;
    private bool _hasHandTags;
    private bool _isTimed;

    internal ReadScope(ReadScope? outer = null) => _outer = outer;

    /// <summary>The scope of the load that this code runs in; null outside of one.</summary>
    public static ReadScope? Current => FreshnessFlow.Current?.Scope;

    /// <summary>Why the value must not be stored; null: nothing is against it.</summary>
    public string? NotStorable { get; private set; }

    /// <summary>Whether the value may hold what others must not see, such as uncommitted rows.</summary>
    internal bool IsPrivate { get; private set; }

    /// <summary>Whether a part of it is older than it should be.</summary>
    internal bool HasStalePart { get; private set; }

    /// <summary>The least position of its parts.</summary>
    internal long LeastPosition { get; private set; } = long.MaxValue;

    /// <summary>The first end of life among its parts, a timestamp of the cache's TimeProvider.</summary>
    internal long LeastExpiresAt { get; private set; } = long.MaxValue;

    /// <summary>The epoch of its parts; null: none yet.</summary>
    internal ulong? Epoch { get; private set; }

    /// <summary>Where the cache stood when the scope began; null for a scope that began without one.</summary>
    internal LogPosition? Start { get; init; }

    /// <summary>Begins a scope here. What it collects counts for the scope around it too, when it is disposed.</summary>
    /// <returns>The scope; to be disposed by the method that began it.</returns>
    public static ReadScope Begin() => Begin(start: null);

    internal static ReadScope Begin(LogPosition? start)
    {
        var scope = new ReadScope(Current) { Start = start };
        FreshnessFlow.Enter(scope);
        return scope;
    }

    /// <summary>Adds a word of the application that the value depends on; invalidating the word drops the value.</summary>
    /// <exception cref="ArgumentException">The word is empty.</exception>
    public void Add(string word)
    {
        ArgumentException.ThrowIfNullOrEmpty(word);
        AddByHand([HandTags.Word(word)]);
    }

    /// <summary>Adds a tag that the value depends on.</summary>
    public void Add(Tag tag) => AddByHand([tag]);

    /// <summary>Keeps the value from being stored.</summary>
    /// <param name="reason">Why, for whoever asks.</param>
    public void MarkNotStorable(string reason) => Change(() => NotStorable ??= reason);

    /// <summary>Says that something without tags was read: the value's lifetime is the only bound of its age.</summary>
    public void MarkTimed() => Change(() => _isTimed = true);

    /// <summary>Ends the scope that <see cref="Begin()"/> began.</summary>
    public void Dispose()
    {
        FreshnessFlow.Enter(_outer);
        Seal();
        _outer?.Add(this);
    }

    /// <summary>What a data source reads that has no statement.</summary>
    internal void Report(ReadOnlySpan<Tag> tags)
    {
        lock (_adding)
        {
            Add_NeedsLock(tags);
        }
    }

    /// <summary>What a data source reads, seen by the analysis of its statement.</summary>
    internal void Report(ReadStatement statement)
    {
        lock (_adding)
        {
            Add_NeedsLock(statement);
            Add_NeedsLock(statement.Tags);
        }
    }

    /// <summary>Keeps the value from being stored and from being given to anyone but its own caller.</summary>
    internal void MarkPrivate(string reason) => Change(() =>
    {
        NotStorable ??= reason;
        IsPrivate = true;
    });

    /// <summary>
    /// Adds an entry that was obtained. One that was just found fresh counts at the position of that check, because up to there it equals what a
    /// new load would have brought; one that was just loaded counts at its P0.
    /// </summary>
    internal void AddPart(ReadStamp stamp, LogPosition? checkedAt, bool isStale)
    {
        lock (_adding)
        {
            Add_NeedsLock(stamp.Tags);
            Add_NeedsLock(stamp.Statements);
            Epoch ??= stamp.Epoch;
            LeastPosition = Math.Min(LeastPosition, checkedAt?.Applied ?? stamp.Position);
            LeastExpiresAt = Math.Min(LeastExpiresAt, stamp.ExpiresAt);
            _isTimed |= stamp.Kind == FreshnessKind.Timed;
            _hasHandTags |= stamp.Kind == FreshnessKind.HandTagged;
            HasStalePart |= isStale;
            NotStorable ??= isStale ? "a part is stale" : Epoch != stamp.Epoch ? "its parts are of different epochs" : null;
        }
    }

    /// <summary>Ends the collecting.</summary>
    internal void Seal()
    {
        lock (_adding)
        {
            _isSealed = true;
        }
    }

    /// <summary>Makes the stamp of what was loaded, and voids it when something is read through this scope later.</summary>
    /// <param name="words">What the caller declared, by hand.</param>
    /// <param name="key">The tag of the value's own key, which says nothing about what it depends on.</param>
    /// <param name="epoch">The epoch of the load.</param>
    /// <param name="position">P0 of the whole.</param>
    /// <param name="expiresAt">The end of its own life.</param>
    internal ReadStamp Stamp(ReadOnlySpan<Tag> words, Tag key, ulong epoch, long position, long expiresAt)
    {
        lock (_adding)
        {
            Tag[] tags = [.. _tags.Union(words.ToArray()).Append(key).Distinct()];
            var kind = _isTimed || tags.Length == 1 ? FreshnessKind.Timed
                : _hasHandTags || !words.IsEmpty ? FreshnessKind.HandTagged
                : FreshnessKind.Tracked;
            return new ReadStamp(tags, epoch, position, Math.Min(expiresAt, LeastExpiresAt), kind, _statements?.ToArray());
        }
    }

    /// <summary>Ties the stored value to this scope. False: something was read since it was sealed.</summary>
    internal bool TryTie(ReadStamp stamp)
    {
        lock (_adding)
        {
            _stamped = stamp;
            return NotStorable is null;
        }
    }

    private void AddByHand(ReadOnlySpan<Tag> tags)
    {
        lock (_adding)
        {
            _hasHandTags = true;
            Add_NeedsLock(tags);
        }
    }

    private void Add(ReadScope inner)
    {
        lock (_adding)
        {
            Add_NeedsLock([.. inner._tags]);
            Add_NeedsLock(inner._statements ?? []);
            Epoch ??= inner.Epoch;
            LeastPosition = Math.Min(LeastPosition, inner.LeastPosition);
            LeastExpiresAt = Math.Min(LeastExpiresAt, inner.LeastExpiresAt);
            _isTimed |= inner._isTimed;
            _hasHandTags |= inner._hasHandTags;
            HasStalePart |= inner.HasStalePart;
            IsPrivate |= inner.IsPrivate;
            NotStorable ??= inner.NotStorable;
        }
    }

    private void Change(Action change)
    {
        lock (_adding)
        {
            change();
            Void_NeedsLock();
        }
    }

    private void Add_NeedsLock(IReadOnlyList<ReadStatement> statements)
    {
        for (var i = 0; i < statements.Count; i++)
        {
            Add_NeedsLock(statements[i]);
        }
    }

    // They explain and decide nothing, so that what is beyond the bound is left out.
    private void Add_NeedsLock(ReadStatement statement)
    {
        _statements ??= [];
        if (_statements.Count < MaxStatements && !_statements.Contains(statement))
        {
            _statements.Add(statement);
        }
    }

    private void Add_NeedsLock(ReadOnlySpan<Tag> tags)
    {
        foreach (var tag in tags)
        {
            _tags.Add(tag);
        }

        if (_tags.Count > MaxTags)
        {
            // Without its tags nobody can tell who else may have it.
            _tags.Clear();
            IsPrivate = true;
            NotStorable ??= $"it depends on more than {MaxTags} tags";
        }

        Void_NeedsLock();
    }

    private void Void_NeedsLock()
    {
        if (_isSealed)
        {
            NotStorable ??= "something was read after its load had returned";
            _stamped?.Void();

            // What ended before the load around it did is part of that; the locks are always taken from the inner to the outer one.
            _outer?.MarkNotStorable(NotStorable);
        }
    }
}
