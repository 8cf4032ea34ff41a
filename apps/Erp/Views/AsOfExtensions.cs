using Larder.Views;
using Larder.Views.Sources;

namespace Erp.Views;

/// <summary>
/// The day that a view calls today. Days begin and end in UTC. <c>@as_of</c> in SQL is its first moment and <c>@next_day</c> the first
/// moment after it; only the notion of today moves with it: what was written later is still seen where no period says otherwise.
/// </summary>
internal static class AsOfExtensions
{
    public static ViewBuilder AsOf(this ViewBuilder view) =>
        view.Parameter<DateOnly>("as_of", parameter => parameter.DefaultToToday());

    /// <summary>Adds <c>@next_day</c>.</summary>
    public static TSource UntilNextDay<TSource>(this TSource source)
        where TSource : SectionSource =>
        source.With("next_day", arguments => arguments.Get<DateOnly>("as_of").Plus(1));

    /// <summary>A number of days later, or the last or first day there is: a view of a far day is empty, not an error.</summary>
    public static DateOnly Plus(this DateOnly day, int days) =>
        DateOnly.FromDayNumber(Math.Clamp(day.DayNumber + days, DateOnly.MinValue.DayNumber, DateOnly.MaxValue.DayNumber));
}
