using Erp.Views;
using Larder.Views;
using Larder.Views.Sources;

namespace Erp.Salespeople;

/// <summary>The days a dashboard speaks of, in UTC: today is the <c>as_of</c> day, a week is 7 and a month 30 days that end with it.</summary>
/// <param name="EndDate">Inclusive.</param>
internal sealed record SalesPeriod(string Range, DateOnly StartDate, DateOnly EndDate)
{
    public static readonly IReadOnlyList<string> Ranges = ["today", "week", "month"];

    public static SalesPeriod Of(string range, DateOnly asOf) => new(range, asOf.Plus(1 - DaysOf(range)), asOf);

    private static int DaysOf(string range) => range switch
    {
        "week" => 7,
        "month" => 30,
        _ => 1,
    };
}

internal static class SalesPeriodExtensions
{
    /// <summary>Adds <c>@period_start</c>, the period's first moment, and <c>@next_day</c>, the first moment after it.</summary>
    public static TSource InPeriod<TSource>(this TSource source)
        where TSource : SectionSource =>
        source
            .With("period_start", static arguments => SalesPeriod.Of(arguments.Get<string>("date_range"), arguments.Get<DateOnly>("as_of")).StartDate)
            .UntilNextDay();
}
