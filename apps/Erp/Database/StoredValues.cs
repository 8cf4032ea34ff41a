using System.Globalization;

namespace Erp.Database;

/// <summary>How values stand in SQLite, which has neither decimals nor times: ten-thousandths in an INTEGER, and UTC text in whole seconds.</summary>
internal static class StoredValues
{
    private const decimal Scale = 10_000m;
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    /// <exception cref="OverflowException">The value has more than 15 digits before the point.</exception>
    public static long ToScaled(decimal value) =>
        decimal.ToInt64(decimal.Round(value * Scale, 0, MidpointRounding.AwayFromZero));

    public static decimal FromScaled(long stored) => stored / Scale;

    public static string ToText(DateTimeOffset value) => value.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture);

    public static DateTimeOffset FromText(string stored) =>
        DateTimeOffset.ParseExact(stored, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    public static DateTimeOffset WholeSeconds(DateTimeOffset value) =>
        new(value.UtcTicks - value.UtcTicks % TimeSpan.TicksPerSecond, TimeSpan.Zero);

    /// <summary>The first moment of a day. A date never reaches SQL as a date: PostgreSQL would place it in the session's time zone.</summary>
    public static DateTimeOffset StartOfDay(DateOnly day) => new(day, TimeOnly.MinValue, TimeSpan.Zero);
}
