namespace Erp.Salespeople;

internal sealed record TopProductRow(long Id, string Name, string Sku, long QuantitySold, decimal TotalValue, long ProductCount);

internal sealed record TopProduct(long Id, string Name, string Sku, long QuantitySold, decimal TotalValue);

/// <param name="Items">The five of which most pieces were sold in the period, cancelled orders not counted.</param>
/// <param name="Count">Of all products sold in the period.</param>
internal sealed record TopProducts(IReadOnlyList<TopProduct> Items, long Count)
{
    public const string Query = """
        SELECT t.product_id AS id, p.name, p.sku, t.quantity_sold, t.total_value, t.product_count
        FROM (
            SELECT i.product_id, sum(i.quantity) AS quantity_sold, sum(i.line_total) AS total_value, count(*) OVER () AS product_count
            FROM orders o
            JOIN order_items i ON i.order_id = o.id
            WHERE o.salesperson_id = @salesperson_id AND o.ordered_at >= @period_start AND o.ordered_at < @next_day AND o.status <> 'cancelled'
            GROUP BY i.product_id
            ORDER BY quantity_sold DESC, total_value DESC, i.product_id
            LIMIT 5
        ) AS t
        LEFT JOIN products p ON p.id = t.product_id
        ORDER BY t.quantity_sold DESC, t.total_value DESC, t.product_id
        """;

    public static TopProducts From(IReadOnlyList<TopProductRow> rows) => new(
        [.. rows.Select(row => new TopProduct(row.Id, row.Name, row.Sku, row.QuantitySold, row.TotalValue))],
        rows is [var first, ..] ? first.ProductCount : 0);
}
