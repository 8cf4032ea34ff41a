using System.Data.Common;
using Larder.Freshness;

namespace Larder.Views.Execution;

/// <summary>The probes of a section that is being read: what they gave, and what it depends on because of that.</summary>
/// <remarks>
/// P0 comes before the probes, and the probes come before the statement; a snapshot is not needed. What a probe looks at is in the section's tags itself: if it
/// changes after P0, the section is dropped, and if it does not, the statement sees what the probe saw.
/// </remarks>
internal sealed class SectionLookups(ReadLookups lookups, ReadStatement coarse)
{
    private readonly List<IReadOnlyList<object?>?> _found = [];
    private bool _isGivenUp;

    /// <summary>What is still to be run; nothing once one has failed.</summary>
    public IReadOnlyList<ReadProbe> Probes => _isGivenUp ? [] : lookups.Probes;

    /// <summary>Takes the values of the next probe. A value that cannot be read makes all unknown.</summary>
    public async ValueTask ReadAsync(DbDataReader reader, CancellationToken cancellationToken)
    {
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
        }

        _found.Add(values);
    }

    /// <summary>The section is run without them.</summary>
    public void GiveUp() => _isGivenUp = true;

    /// <summary>One of them failed.</summary>
    /// <param name="isForGood">It would again, so that nobody tries.</param>
    public void Fail(bool isForGood)
    {
        if (isForGood)
        {
            lookups.Failed();
        }

        GiveUp();
    }

    /// <summary>What the section has read.</summary>
    public ReadStatement ToStatement()
    {
        if (_isGivenUp || _found.Count != lookups.Probes.Count)
        {
            return coarse;
        }

        return coarse with { Tags = lookups.TagsOf(_found) };
    }
}
