using Larder.Diagnostics;

namespace Larder.AspNetCore.Monitoring;

/// <summary>Figures as they are written: percentages from 0 to 100 with two decimals, milliseconds to the nanosecond, null over zero.</summary>
internal static class Figures
{
    private const int DecimalsOfAPercentage = 2;
    private const int DecimalsOfAMillisecond = 6;

    public static double? Percentage(double part, double whole) => whole == 0 ? null : Rounded(100 * part / whole);

    public static double? Percentage(double? fraction) => fraction is { } value ? Rounded(100 * value) : null;

    public static double Rounded(double percentage) => Math.Round(percentage, DecimalsOfAPercentage, MidpointRounding.AwayFromZero);

    public static double? Milliseconds(double? milliseconds) =>
        milliseconds is { } value ? Math.Round(value, DecimalsOfAMillisecond, MidpointRounding.AwayFromZero) : null;

    /// <summary>How much less a hit takes than a miss, of what a miss takes; null until there were both.</summary>
    public static double? GainPercent(SeriesSnapshot series) =>
        series.MeanMsOf(CacheOutcome.Hit) is { } hit && series.MeanMsOf(CacheOutcome.Miss) is > 0 and { } miss ? Rounded(100 * (miss - hit) / miss) : null;

    /// <summary>
    /// What a miss took on average beyond a hit, for each answer from the store: the time that sources were not asked for. Null until there was a miss to
    /// compare with.
    /// </summary>
    public static double? SavedMs(SeriesSnapshot series)
    {
        var hits = series.CacheHits;
        if (hits == 0)
        {
            return 0;
        }

        var hitMs = series.TotalMsOf(CacheOutcome.Hit) + series.TotalMsOf(CacheOutcome.Stale);
        return series.MeanMsOf(CacheOutcome.Miss) is { } miss ? Milliseconds(Math.Max(0, (miss * hits) - hitMs)) : null;
    }
}
