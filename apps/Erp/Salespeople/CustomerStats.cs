namespace Erp.Salespeople;

/// <param name="TotalCustomers">The customers of the salesperson.</param>
/// <param name="ActiveCustomers">Those of them with an order in the period, taken by whomever; cancelled orders do not count.</param>
internal sealed record CustomerStats(long TotalCustomers, long ActiveCustomers)
{
    public const string Query = """
        SELECT (SELECT count(*) FROM customers WHERE salesperson_id = @salesperson_id) AS total_customers,
               (SELECT count(DISTINCT o.customer_id)
                FROM orders o
                JOIN customers c ON c.id = o.customer_id
                WHERE o.ordered_at >= @period_start AND o.ordered_at < @next_day AND o.status <> 'cancelled'
                  AND c.salesperson_id = @salesperson_id) AS active_customers
        """;
}
