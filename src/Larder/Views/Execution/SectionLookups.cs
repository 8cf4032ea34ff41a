using System.Data.Common;
using Larder.Caching;
using Larder.Freshness;

namespace Larder.Views.Execution;

/// <summary>The lookups of a section that is being read: the values they are by, and what the section depends on because of that.</summary>
/// <remarks>
/// P0 comes before the probes and the statement, in whichever order; a snapshot is not needed. What a probe looks at is in the section's tags itself: if it
/// changes after P0, the section is dropped, and if it does not, the statement sees what the probe saw. For the same reason the values may come from the
/// statement's own result, or from an earlier probe that is found fresh at P0 or after it.
/// </remarks>
internal sealed class SectionLookups
{
    private readonly ReadLookups _lookups;
    private readonly ReadStatement _coarse;
    private readonly LarderCache _cache;
    private readonly CachePolicy _policy;
    private readonly LogPosition _start;

    // Of each probe, its values as far as they are known.
    private readonly IReadOnlyList<object?>?[] _found;
    private readonly ToldValues?[] _told;
    private readonly List<int> _open = [];
    private int _read;
    private bool _isComplete;
    private bool _isGivenUp;

    /// <summary>Looks up what is remembered.</summary>
    /// <param name="lookups">The probes.</param>
    /// <param name="coarse">What the section reads where they are not run.</param>
    /// <param name="cache">Keeps what they give.</param>
    /// <param name="policy">That of the section: what a probe gave lives no longer.</param>
    /// <param name="start">P0.</param>
    public SectionLookups(ReadLookups lookups, ReadStatement coarse, LarderCache cache, CachePolicy policy, LogPosition start)
    {
        (_lookups, _coarse, _cache, _policy, _start) = (lookups, coarse, cache, policy, start);
        _found = new IReadOnlyList<object?>?[lookups.Probes.Count];
        _told = new ToldValues?[_found.Length];
        var now = cache.Engine.Node.Now;
        for (var i = 0; i < _found.Length; i++)
        {
            if (lookups.ReadsOf(lookups.Probes[i]) is { } reads && cache.Engine.FindPlain(reads.Key, policy, flow: null, now) is { } entry && entry.Holds<ProbeValues>())
            {
                _found[i] = entry.Instance<ProbeValues>().Values;
            }
            else if (lookups.Told[i] is { } column)
            {
                _told[i] = new ToldValues(column);
                AreTold = true;
            }
            else
            {
                _open.Add(i);
            }
        }

        Probes = _open.ConvertAll(i => lookups.Probes[i]);
    }

    /// <summary>What is still to be run; nothing once one has failed.</summary>
    public IReadOnlyList<ReadProbe> Probes { get; private set; }

    /// <summary>Whether the rows of the result are to be read by <see cref="ReadResultAsync"/>.</summary>
    public bool AreTold { get; }

    /// <summary>Takes the values of the next probe. A value that cannot be read makes all unknown.</summary>
    public async ValueTask ReadAsync(DbDataReader reader, CancellationToken cancellationToken)
    {
        var probe = _open[_read++];
        List<object?> values = [];
        try
        {
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                values.Add(await reader.IsDBNullAsync(0, cancellationToken).ConfigureAwait(false) ? null : reader.GetValue(0));
            }
        }
        catch (Exception exception) when (exception is InvalidCastException or NotSupportedException or FormatException or OverflowException)
        {
            Fail(isForGood: true);
            return;
        }

        Take(probe, values);
    }

    /// <summary>Goes to the next row of the statement's result and takes what it tells. False: there is none.</summary>
    public async ValueTask<bool> ReadResultAsync(DbDataReader reader, CancellationToken cancellationToken)
    {
        if (!await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            _isComplete = true;
            return false;
        }

        foreach (var told in _told)
        {
            told?.Take(reader);
        }

        return true;
    }

    /// <summary>The section is run without them.</summary>
    public void GiveUp()
    {
        _isGivenUp = true;
        Probes = [];
    }

    /// <summary>One of them failed.</summary>
    /// <param name="isForGood">It would again, so that nobody tries.</param>
    public void Fail(bool isForGood)
    {
        if (isForGood)
        {
            _lookups.Failed();
        }

        GiveUp();
    }

    /// <summary>What the section has read.</summary>
    public ReadStatement ToStatement()
    {
        if (_isGivenUp || _read < _open.Count)
        {
            return _coarse;
        }

        for (var i = 0; i < _told.Length; i++)
        {
            if (_told[i]?.Tell(_isComplete) is { } values)
            {
                Take(i, values);
            }
        }

        return _coarse with { Tags = _lookups.TagsOf(_found) };
    }

    private void Take(int index, IReadOnlyList<object?> values)
    {
        _found[index] = values;
        if (_lookups.ReadsOf(_lookups.Probes[index]) is { } reads)
        {
            var scope = new ReadScope { Start = _start };
            scope.Report(reads.Statement);
            _cache.Set(reads.Key, new ProbeValues(values), KeptAs(_policy), scope);
        }
    }

    // Nothing serves it but a fresh hit, and it is not worth a place at the second level.
    private static CachePolicy KeptAs(CachePolicy policy) => policy with
    {
        EagerRefresh = null,
        StaleWhileRevalidate = TimeSpan.Zero,
        StaleIfError = TimeSpan.Zero,
        StaleAfterInvalidation = TimeSpan.Zero,
        NegativeDuration = null,
        UsesRemoteStore = false,
    };
}
