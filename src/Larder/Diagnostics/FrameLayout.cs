namespace Larder.Diagnostics;

/// <summary>
/// A frame is all figures of a series as one row of cells: the histogram's buckets, a count for each outcome and result, the time spent
/// for each outcome, the bytes sent. One count is enough for an answer, because totals are sums over the row.
/// </summary>
internal static class FrameLayout
{
    internal const int Outcomes = (int)CacheOutcome.BypassOverload + 1;
    internal const int Results = (int)ResultClass.ServerError + 1;
    internal const int Buckets = LatencyBuckets.Count;

    /// <summary>Cells after the buckets: counts, then times, then bytes.</summary>
    internal const int Totals = (Outcomes * Results) + Outcomes + 1;
    internal const int Cells = Buckets + Totals;

    internal const int BytesTotal = Totals - 1;

    /// <summary>Which total counts the outcome with the result.</summary>
    internal static int CountTotal(CacheOutcome outcome, ResultClass result) => ((int)outcome * Results) + (int)result;

    /// <summary>Which total adds up the timestamp ticks spent with the outcome.</summary>
    internal static int TicksTotal(CacheOutcome outcome) => (Outcomes * Results) + (int)outcome;
}
