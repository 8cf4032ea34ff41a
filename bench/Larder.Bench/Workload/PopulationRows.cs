using System.Data.Common;
using Dapper;

namespace Larder.Bench.Workload;

/// <summary>What the population is made of, as the database has it before the first operation.</summary>
internal sealed record PopulationRows
{
    public required IReadOnlyList<(long Id, decimal ListPrice)> Products { get; init; }

    public required IReadOnlyList<(long ProductId, long WarehouseId, long OnHand, long Reserved)> Stock { get; init; }

    /// <summary>Those that are open first, then the latest.</summary>
    public required IReadOnlyList<(long Id, long CustomerId, string Status)> Orders { get; init; }

    public required IReadOnlyList<(long OrderId, long ProductId, long Quantity)> OpenLines { get; init; }

    public required IReadOnlyList<long> PaidOrders { get; init; }

    public required IReadOnlyList<(long Id, long CustomerId, long OrderId, decimal Owed)> Invoices { get; init; }

    public required IReadOnlyList<long> Customers { get; init; }

    public required IReadOnlyList<long> Salespeople { get; init; }

    public required IReadOnlyList<long> Branches { get; init; }

    public required IReadOnlyList<long> Categories { get; init; }

    public required IReadOnlyList<long> PriceLists { get; init; }

    public required IReadOnlyList<string> PaymentMethods { get; init; }

    public static async Task<PopulationRows> ReadAsync(DbConnection connection, int orders) => new()
    {
        Products = await ReadAsync<(long, decimal)>(connection, "SELECT id, list_price FROM products WHERE is_active ORDER BY id"),
        Stock = await ReadAsync<(long, long, long, long)>(
            connection, "SELECT product_id, warehouse_id, quantity_on_hand, quantity_reserved FROM inventory ORDER BY product_id, warehouse_id"),
        Orders = await ReadAsync<(long, long, string)>(
            connection,
            $"""
            SELECT id, customer_id, status FROM orders
            ORDER BY CASE WHEN status IN ('completed', 'cancelled') THEN 1 ELSE 0 END, ordered_at DESC, id DESC LIMIT {orders}
            """),
        OpenLines = await ReadAsync<(long, long, long)>(
            connection, "SELECT order_id, product_id, quantity - delivered_quantity FROM order_items WHERE delivered_quantity < quantity ORDER BY id"),
        PaidOrders = await ReadAsync<long>(connection, "SELECT DISTINCT i.order_id FROM payments p JOIN invoices i ON i.id = p.invoice_id"),
        Invoices = await ReadAsync<(long, long, long, decimal)>(
            connection,
            """
            SELECT i.id, i.customer_id, i.order_id, i.total - coalesce((SELECT sum(p.amount) FROM payments p WHERE p.invoice_id = i.id), 0) AS owed
            FROM invoices i WHERE i.status IN ('pending', 'partially_paid') ORDER BY i.issued_at DESC, i.id DESC LIMIT 2000
            """),
        Customers = await ReadAsync<long>(connection, "SELECT id FROM customers WHERE is_active ORDER BY id"),
        Salespeople = await ReadAsync<long>(connection, "SELECT id FROM salespeople WHERE is_active ORDER BY id"),
        Branches = await ReadAsync<long>(connection, "SELECT id FROM branches ORDER BY id"),
        Categories = await ReadAsync<long>(connection, "SELECT id FROM categories ORDER BY id"),
        PriceLists = await ReadAsync<long>(connection, "SELECT id FROM pricelists ORDER BY CASE WHEN is_default THEN 0 ELSE 1 END, id"),
        PaymentMethods = await ReadAsync<string>(connection, "SELECT code FROM payment_methods WHERE is_active ORDER BY position, code"),
    };

    private static async Task<IReadOnlyList<T>> ReadAsync<T>(DbConnection connection, string sql) => (await connection.QueryAsync<T>(sql)).AsList();
}
