using System.Collections;
using System.Collections.Immutable;
using Larder.Freshness;
using Larder.SqlAnalysis.Schema;

namespace Larder.SqlAnalysis.Statements;

/// <summary>The tags of a read before its values are known.</summary>
internal sealed class ReadTemplate
{
    private readonly ImmutableArray<Tag> _fixed;
    private readonly ImmutableArray<Pin> _pins;
    private readonly ImmutableArray<(TrackedColumn Column, int Probe, Pin? Otherwise)> _lookups;

    public ReadTemplate(ImmutableArray<TableRead> reads)
    {
        var tags = new List<Tag>();
        foreach (var relation in reads.Where(read => read.Pin is null && read.Lookup is null).Select(read => read.Relation).Distinct())
            tags.Add(relation.Table);

        // Every write of a table moves its coarse tag, so a table that is read as a whole needs no finer one.
        _pins = [.. reads.Where(read => read.Pin is not null && read.Lookup is null && !tags.Contains(read.Relation.Table)).Select(read => read.Pin!)];
        ImmutableArray<TableRead> lookedUp = [.. reads.Where(read => read.Lookup is not null && !tags.Contains(read.Relation.Table))];
        Probes = [.. lookedUp.Select(read => read.Lookup!.Probe).DistinctBy(probe => probe.Text)];
        var texts = Probes.Select(probe => probe.Text).ToList();
        _lookups = [.. lookedUp.Select(read => (read.Lookup!.Column, texts.IndexOf(read.Lookup.Probe.Text), read.Pin)).Distinct()];
        (_fixed, MaxTags) = ([.. tags], tags.Count + (_pins.Length * (2 + ConditionReader.MaxValues)) + (_lookups.Length * (2 + Lookup.MaxValues)));
    }

    /// <summary>What to run before the statement, for <see cref="Bind{TParameters}(TParameters, IReadOnlyList{IReadOnlyList{object?}}?, AnalyzerFaults)"/>.</summary>
    public ImmutableArray<ReadProbe> Probes { get; }

    public static ReadTemplate Empty { get; } = new([]);

    /// <summary>The most tags that binding gives.</summary>
    public int MaxTags { get; }

    /// <summary>The tags of one execution. A value without a canonical form makes its table coarse.</summary>
    public Tag[] Bind<TParameters>(TParameters parameters, AnalyzerFaults faults = AnalyzerFaults.None)
        where TParameters : ISqlParameters =>
        Bind(parameters, found: null, faults);

    /// <summary>The tags of one execution.</summary>
    /// <param name="parameters">The values it is run with.</param>
    /// <param name="found">What each of <see cref="Probes"/> gave; null where that is not known, and then what it looks up counts as read as a whole.</param>
    /// <param name="faults">Bugs that tests plant.</param>
    public Tag[] Bind<TParameters>(TParameters parameters, IReadOnlyList<IReadOnlyList<object?>?>? found, AnalyzerFaults faults = AnalyzerFaults.None)
        where TParameters : ISqlParameters
    {
        if (_pins.IsEmpty && _lookups.IsEmpty)
            return [.. _fixed];
        Span<Tag> tags = MaxTags <= 128 ? stackalloc Tag[128] : new Tag[MaxTags];
        _fixed.CopyTo(tags);
        var count = _fixed.Length;
        foreach (var pin in _pins)
        {
            var before = count;
            if (!TryBind(pin, parameters, tags, ref count, (faults & AnalyzerFaults.AffinityIgnored) != AnalyzerFaults.None))
            {
                count = before;
                Add(tags, ref count, pin.Column.Relation.Table);
            }
        }

        foreach (var (column, probe, otherwise) in _lookups)
        {
            var before = count;
            if (TryBind(column, found?[probe], tags, ref count))
                continue;
            count = before;
            if (otherwise is null || !TryBind(otherwise, parameters, tags, ref count, (faults & AnalyzerFaults.AffinityIgnored) != AnalyzerFaults.None))
            {
                count = before;
                Add(tags, ref count, column.Relation.Table);
            }
        }

        return tags[..count].ToArray();
    }

    // NULL equals nothing, so that it is no value to look for.
    private static bool TryBind(TrackedColumn column, IReadOnlyList<object?>? found, Span<Tag> tags, ref int count)
    {
        if (found is not { Count: <= Lookup.MaxValues })
            return false;
        Add(tags, ref count, column.Relation.AnyRow);
        Add(tags, ref count, column.AnyValue);
        foreach (var value in found)
        {
            if (value is null or DBNull)
                continue;
            if (!CanonicalValue.TryTag(column, value, out var tag))
                return false;
            Add(tags, ref count, tag);
        }

        return true;
    }

    private static bool TryBind<TParameters>(Pin pin, TParameters parameters, Span<Tag> tags, ref int count, bool ignoresAffinity)
        where TParameters : ISqlParameters
    {
        Add(tags, ref count, pin.Column.Relation.AnyRow);
        Add(tags, ref count, pin.Column.AnyValue);
        foreach (var source in pin.Values)
        {
            var value = source.Constant;
            if (source.IsParameter && !parameters.TryGet(source.Parameter, out value))
                return false;
            if (source.IsArray)
            {
                if (!TryElements(pin.Column, value, tags, ref count))
                    return false;
            }
            else
            {
                if (!CanonicalValue.TryTag(pin.Column, value, out var tag, ignoresAffinity))
                    return false;
                Add(tags, ref count, tag);
            }
        }

        return true;
    }

    private static bool TryElements(TrackedColumn column, object? value, Span<Tag> tags, ref int count)
    {
        if (value is not ICollection { Count: <= ConditionReader.MaxValues } elements)
            return value is null or DBNull;
        foreach (var element in elements)
        {
            if (!CanonicalValue.TryTag(column, element, out var tag))
                return false;
            Add(tags, ref count, tag);
        }

        return true;
    }

    private static void Add(Span<Tag> tags, ref int count, Tag tag)
    {
        if (!tags[..count].Contains(tag))
            tags[count++] = tag;
    }
}
