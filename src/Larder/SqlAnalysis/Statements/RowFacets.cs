using System.Collections.Immutable;
using Larder.Freshness;
using Larder.SqlAnalysis.Schema;

namespace Larder.SqlAnalysis.Statements;

/// <summary>
/// The facets of a row's change (decision 0020). A statement that uses some columns of a table is not touched by an UPDATE of others, so that its tags name what
/// it uses: that rows come and go, and which columns change.
/// </summary>
/// <remarks>
/// A write of known rows moves the tags of its rows as they are and, in addition, each of them <see cref="Tag.Of"/> each of its facets; a read takes the one or the
/// other. The wildcards (some row, some value of a column) have no facets: they stand for every change, and every read has them.
/// </remarks>
internal static class RowFacets
{
    /// <summary>More facets than this of one table, and any change of a row counts.</summary>
    public const int MaxFacets = 24;

    /// <summary>More tags than this for one table of a read, and any change of its rows counts: an entry keeps eight bytes a tag.</summary>
    public const int MaxTagsOfRead = 256;

    /// <summary>Rows come and go.</summary>
    public static Tag Existence { get; } = Tag.Coarse("\0rows");

    /// <summary>What an UPDATE that may change any column touches.</summary>
    public static IEnumerable<Tag> AllOf(TrackedRelation relation) => relation.Columns.Select(column => column.Changed).Concat(relation.Eligible.Select(column => column.AnyValue));

    /// <summary>Whether facets are told of the relation. Of a family each part may have columns of its own.</summary>
    public static bool AreToldOf(TrackedRelation relation) => !relation.HasFamily && relation.Kind == RelationKind.Table;

    /// <summary>Whether an UPDATE may change the column: it assigns it, or the database computes it from others.</summary>
    public static bool MayChange(TableWrite write, TrackedColumn column, AnalyzerFaults faults) => AreToldOf(write.Relation) && write.Changed is { } changed
        && (write.Events & RowEvents.Update) != RowEvents.None
        && (changed.Contains(column.Name) || (column.Definition.IsGenerated && (faults & AnalyzerFaults.GeneratedColumnForgotten) == AnalyzerFaults.None));

    /// <summary>The facets that a write touches whatever its values are; of eligible columns that it changes, the values decide.</summary>
    public static ImmutableArray<Tag> Of(TableWrite write, AnalyzerFaults faults)
    {
        if (write.IsAnyRow || !AreToldOf(write.Relation))
            return [];
        var facets = ImmutableArray.CreateBuilder<Tag>();
        if ((write.Events & ~RowEvents.Update) != RowEvents.None)
            facets.Add(Existence);
        if ((write.Events & RowEvents.Update) == RowEvents.None)
            return facets.ToImmutable();
        if (write.Changed is null)
        {
            facets.AddRange(AllOf(write.Relation));
            return facets.ToImmutable();
        }

        facets.AddRange(write.Relation.Columns.Where(column => column.EligibleIndex < 0 && MayChange(write, column, faults)).Select(column => column.Changed));
        return facets.ToImmutable();
    }
}
