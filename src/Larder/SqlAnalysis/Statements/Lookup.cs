using Larder.Freshness;
using Larder.SqlAnalysis.Schema;

namespace Larder.SqlAnalysis.Statements;

/// <summary>
/// What pins a table to values that only the database knows: those of a column that it is joined by, in rows that are determined themselves. A probe
/// reads them, after P0 and before the statement.
/// </summary>
/// <param name="Column">The column of the table that must have one of the values.</param>
/// <param name="Values">The query that gives all of them, without a bound.</param>
/// <param name="Probe">The query that tells them, up to one more than are used.</param>
/// <param name="RunsDerivedTable">It runs a derived table of the statement, whatever that costs.</param>
/// <param name="Because">Why the values are known.</param>
internal sealed record Lookup(TrackedColumn Column, string Values, ReadProbe Probe, bool RunsDerivedTable, string Because)
{
    /// <summary>The column of the result that tells the values, so that the probe need not be run; null: none does.</summary>
    public ResultColumn? Told { get; init; }

    /// <summary>More values than this are not worth a tag each: an entry keeps eight bytes a tag.</summary>
    public const int MaxValues = 64;

    /// <summary>More probes than this are not worth their time.</summary>
    public const int MaxProbes = 4;
}
