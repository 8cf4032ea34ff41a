namespace Erp.Orders;

/// <summary>The month of an order as its column <c>ordered_month</c> keeps it: years times twelve and the month, 1 to 12, in UTC.</summary>
internal static class OrderMonth
{
    public static int Of(DateTimeOffset time) => Of(DateOnly.FromDateTime(time.UtcDateTime));

    public static int Of(DateOnly day) => (day.Year * 12) + day.Month;
}
