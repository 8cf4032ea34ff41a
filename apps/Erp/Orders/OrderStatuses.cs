namespace Erp.Orders;

internal static class OrderStatuses
{
    public const string Pending = "pending";
    public const string Confirmed = "confirmed";
    public const string Processing = "processing";
    public const string Shipped = "shipped";
    public const string Completed = "completed";
    public const string Cancelled = "cancelled";

    public static IReadOnlyList<string> All { get; } = [Pending, Confirmed, Processing, Shipped, Completed, Cancelled];

    /// <summary>
    /// For how many whole days an order waits: from its day in UTC to the <c>as_of</c> day, 0 when that is the earlier one. Null when it
    /// does not wait, being shipped, completed or cancelled.
    /// </summary>
    public static int? DaysPending(string status, DateTimeOffset orderedAt, DateOnly asOf) => status is Pending or Confirmed or Processing
        ? Math.Max(0, asOf.DayNumber - DateOnly.FromDateTime(orderedAt.UtcDateTime).DayNumber)
        : null;
}
