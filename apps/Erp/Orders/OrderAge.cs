namespace Erp.Orders;

internal static class OrderAge
{
    /// <summary>
    /// For how many whole days an order waits: from its day in UTC to the <c>as_of</c> day, 0 when that is the earlier one. Null when it
    /// does not wait, being shipped, completed or cancelled.
    /// </summary>
    public static int? DaysPending(string status, DateTimeOffset orderedAt, DateOnly asOf) =>
        status is OrderStatuses.Pending or OrderStatuses.Confirmed or OrderStatuses.Processing
            ? Math.Max(0, asOf.DayNumber - DateOnly.FromDateTime(orderedAt.UtcDateTime).DayNumber)
            : null;
}
