using Erp.Orders;
using Erp.Views;

namespace Erp.Salespeople;

internal sealed record StatusRow(string Status, long OrderCount, decimal OrderValue);

/// <summary>The number of orders of each status.</summary>
internal sealed record StatusBreakdown(long Pending, long Confirmed, long Processing, long Shipped, long Completed, long Cancelled);

/// <summary>The orders of the period. Cancelled ones stand in the breakdown and in nothing else.</summary>
/// <param name="AverageOrderValue">Null without orders.</param>
internal sealed record SalesOverview(
    long TotalOrders,
    decimal TotalValue,
    decimal? AverageOrderValue,
    StatusBreakdown StatusBreakdown,
    long ConfirmedOrders,
    long PendingOrders,
    long CompletedOrders)
{
    public const string Query = """
        SELECT status, count(*) AS order_count, sum(total) AS order_value
        FROM orders
        WHERE salesperson_id = @salesperson_id AND ordered_at >= @period_start AND ordered_at < @next_day
        GROUP BY status
        ORDER BY status
        """;

    public static SalesOverview From(IReadOnlyList<StatusRow> rows)
    {
        var sold = rows.Where(row => row.Status != OrderStatuses.Cancelled).ToArray();
        var (count, value) = (sold.Sum(row => row.OrderCount), sold.Sum(row => row.OrderValue));
        long CountOf(string status) => rows.FirstOrDefault(row => row.Status == status)?.OrderCount ?? 0;
        var breakdown = new StatusBreakdown(
            CountOf(OrderStatuses.Pending),
            CountOf(OrderStatuses.Confirmed),
            CountOf(OrderStatuses.Processing),
            CountOf(OrderStatuses.Shipped),
            CountOf(OrderStatuses.Completed),
            CountOf(OrderStatuses.Cancelled));
        return new SalesOverview(
            count, value, Figures.Average(value, count), breakdown, breakdown.Confirmed, breakdown.Pending, breakdown.Completed);
    }
}
