using System.Collections;
using System.Collections.Immutable;
using Larder.Freshness;
using Larder.SqlAnalysis.Schema;

namespace Larder.SqlAnalysis.Statements;

/// <summary>The tags of a read before its values are known.</summary>
internal sealed class ReadTemplate
{
    private readonly ImmutableArray<Tag> _fixed;
    private readonly ImmutableArray<PinnedRead> _pins;
    private readonly ImmutableArray<LookedUpRead> _lookups;

    public ReadTemplate(ImmutableArray<TableRead> reads)
    {
        // Every write of a table moves its coarse tag, so a table of which any change matters needs no finer one.
        var wholly = reads.Where(read => IsWhole(read) && read.Facets.IsDefault).Select(read => read.Relation).ToHashSet();
        var tags = new HashSet<Tag>(wholly.Select(relation => relation.Table));
        ImmutableArray<TableRead> finer = [.. reads.Where(read => !wholly.Contains(read.Relation))];
        foreach (var read in finer.Where(IsWhole))
        {
            tags.Add(read.Relation.AnyRow);
            tags.UnionWith(read.Facets.Select(read.Relation.Table.Of));
        }

        _fixed = [.. tags];
        _pins = [.. finer.Where(read => read.Pin is not null && read.Lookup is null).Select(read => new PinnedRead(read.Pin!, read.Facets, IsAlone(read, finer)))];
        ImmutableArray<TableRead> lookedUp = [.. finer.Where(read => read.Lookup is not null)];
        Probes = [.. lookedUp.Select(read => read.Lookup!.Probe).DistinctBy(probe => probe.Text)];
        Told = [.. Probes.Select(probe => lookedUp.Select(read => read.Lookup!).FirstOrDefault(lookup => lookup.Told is not null && lookup.Probe.Text == probe.Text)?.Told)];
        var texts = Probes.Select(probe => probe.Text).ToList();
        _lookups = [.. lookedUp.Select(read => new LookedUpRead(read.Lookup!.Column, texts.IndexOf(read.Lookup.Probe.Text), read.Pin, read.Facets, IsAlone(read, finer)))];
    }

    /// <summary>What to run before the statement, for <see cref="Bind{TParameters}(TParameters, IReadOnlyList{IReadOnlyList{object?}?}?, AnalyzerFaults)"/>.</summary>
    public ImmutableArray<ReadProbe> Probes { get; }

    /// <summary>Of each of <see cref="Probes"/>, the column of the statement's own result that gives the same; null: none does.</summary>
    public ImmutableArray<ResultColumn?> Told { get; }

    public static ReadTemplate Empty { get; } = new([]);

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
        var ignoresAffinity = (faults & AnalyzerFaults.AffinityIgnored) != AnalyzerFaults.None;
        var tags = new TagCollector(stackalloc Tag[128]);
        tags.AddRange(_fixed.AsSpan());
        foreach (var (pin, facets, isAlone) in _pins)
            AddPinned(pin, facets, isAlone, parameters, ref tags, ignoresAffinity);
        foreach (var (column, probe, otherwise, facets, isAlone) in _lookups)
        {
            if (TryAddFound(column, found?[probe], facets, isAlone, ref tags))
                continue;
            if (otherwise is not null)
                AddPinned(otherwise, facets, isAlone, parameters, ref tags, ignoresAffinity);
            else
                AddWhole(column.Relation, facets, ref tags);
        }

        return tags.ToArray();
    }

    // No other read brings a tag of its rows.
    private static bool IsAlone(TableRead read, ImmutableArray<TableRead> reads) => reads.All(other => other == read || other.Relation != read.Relation);

    private static bool IsWhole(TableRead read) => read.Pin is null && read.Lookup is null;

    private static void AddWhole(TrackedRelation relation, ImmutableArray<Tag> facets, ref TagCollector tags)
    {
        if (facets.IsDefault)
        {
            tags.Add(relation.Table);
            return;
        }

        tags.Add(relation.AnyRow);
        foreach (var facet in facets)
            tags.Add(relation.Table.Of(facet));
    }

    private static void AddPinned<TParameters>(Pin pin, ImmutableArray<Tag> facets, bool isAlone, TParameters parameters, ref TagCollector tags, bool ignoresAffinity)
        where TParameters : ISqlParameters
    {
        var values = new TagCollector(stackalloc Tag[ConditionReader.MaxValues]);
        if (TryValues(pin, parameters, ref values, ignoresAffinity))
            AddRows(pin.Column, values.Tags, facets, isAlone, ref tags);
        else
            AddWhole(pin.Column.Relation, facets, ref tags);
        values.Dispose();
    }

    // NULL equals nothing, so that it is no value to look for.
    private static bool TryAddFound(TrackedColumn column, IReadOnlyList<object?>? found, ImmutableArray<Tag> facets, bool isAlone, ref TagCollector tags)
    {
        if (found is not { Count: <= Lookup.MaxValues })
            return false;
        var values = new TagCollector(stackalloc Tag[Lookup.MaxValues]);
        foreach (var value in found)
        {
            if (value is null or DBNull)
                continue;
            if (!CanonicalValue.TryTag(column, value, out var tag))
                return false;
            values.Add(tag);
        }

        AddRows(column, values.Tags, facets, isAlone, ref tags);
        return true;
    }

    // The wildcards have no facets: they stand for every change.
    private static void AddRows(TrackedColumn column, scoped ReadOnlySpan<Tag> values, ImmutableArray<Tag> facets, bool isAlone, ref TagCollector tags)
    {
        tags.Add(column.Relation.AnyRow);
        tags.Add(column.AnyValue);
        var hasFacets = !facets.IsDefault && values.Length * facets.Length <= RowFacets.MaxTagsOfRead;
        foreach (var value in values)
        {
            if (!hasFacets)
                tags.Add(value);
            for (var i = 0; hasFacets && i < facets.Length; i++)
            {
                if (isAlone)
                    tags.Append(value.Of(facets[i]));
                else
                    tags.Add(value.Of(facets[i]));
            }
        }
    }

    private static bool TryValues<TParameters>(Pin pin, TParameters parameters, ref TagCollector values, bool ignoresAffinity)
        where TParameters : ISqlParameters
    {
        foreach (var source in pin.Values)
        {
            var value = source.Constant;
            if (source.IsParameter && !parameters.TryGet(source.Parameter, out value))
                return false;
            if (source.IsArray)
            {
                if (!TryElements(pin.Column, value, ref values))
                    return false;
            }
            else
            {
                if (!CanonicalValue.TryTag(pin.Column, value, out var tag, ignoresAffinity))
                    return false;
                values.Add(tag);
            }
        }

        return true;
    }

    private static bool TryElements(TrackedColumn column, object? value, ref TagCollector values)
    {
        if (value is not ICollection { Count: <= ConditionReader.MaxValues } elements)
            return value is null or DBNull;
        foreach (var element in elements)
        {
            if (!CanonicalValue.TryTag(column, element, out var tag))
                return false;
            values.Add(tag);
        }

        return true;
    }

    private readonly record struct PinnedRead(Pin Pin, ImmutableArray<Tag> Facets, bool IsAlone);

    private readonly record struct LookedUpRead(TrackedColumn Column, int Probe, Pin? Otherwise, ImmutableArray<Tag> Facets, bool IsAlone);
}
