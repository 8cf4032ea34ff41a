namespace Erp.Salespeople;

internal sealed record TopCustomerRow(long Id, string Name, long OrderCount, decimal TotalValue, long CustomerCount);

internal sealed record TopCustomer(long Id, string Name, long OrderCount, decimal TotalValue);

/// <param name="Items">The five with the greatest value of orders in the period, cancelled ones not counted.</param>
/// <param name="Count">Of all customers with an order in the period.</param>
internal sealed record TopCustomers(IReadOnlyList<TopCustomer> Items, long Count)
{
    public const string Query = """
        SELECT t.customer_id AS id, c.name, t.order_count, t.total_value, t.customer_count
        FROM (
            SELECT customer_id, count(*) AS order_count, sum(total) AS total_value, count(*) OVER () AS customer_count
            FROM orders
            WHERE salesperson_id = @salesperson_id AND ordered_at >= @period_start AND ordered_at < @next_day AND status <> 'cancelled'
            GROUP BY customer_id
            ORDER BY total_value DESC, order_count DESC, customer_id
            LIMIT 5
        ) AS t
        LEFT JOIN customers c ON c.id = t.customer_id
        ORDER BY t.total_value DESC, t.order_count DESC, t.customer_id
        """;

    public static TopCustomers From(IReadOnlyList<TopCustomerRow> rows) => new(
        [.. rows.Select(row => new TopCustomer(row.Id, row.Name, row.OrderCount, row.TotalValue))],
        rows is [var first, ..] ? first.CustomerCount : 0);
}
