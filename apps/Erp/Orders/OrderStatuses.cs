namespace Erp.Orders;

/// <summary>The words of an order's status.</summary>
internal static class OrderStatuses
{
    public const string Pending = "pending";
    public const string Confirmed = "confirmed";
    public const string Processing = "processing";
    public const string Shipped = "shipped";
    public const string Completed = "completed";
    public const string Cancelled = "cancelled";

    public static IReadOnlyList<string> All { get; } = [Pending, Confirmed, Processing, Shipped, Completed, Cancelled];
}
