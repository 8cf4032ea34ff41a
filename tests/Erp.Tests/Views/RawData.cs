using System.Collections.Concurrent;
using System.Data.Common;
using Dapper;

namespace Erp.Tests.Views;

/// <summary>The tables as they are, for tests to work figures out by other means than the views' statements.</summary>
internal sealed record RawData(
    IReadOnlyList<RawOrder> Orders,
    IReadOnlyList<RawItem> Items,
    IReadOnlyList<RawInvoice> Invoices,
    IReadOnlyList<RawPayment> Payments,
    IReadOnlyList<RawDelivery> Deliveries,
    IReadOnlyList<RawCustomer> Customers,
    IReadOnlyList<RawProduct> Products,
    IReadOnlyList<RawStock> Stock,
    IReadOnlyList<RawWarehouse> Warehouses,
    IReadOnlyList<RawReview> Reviews,
    IReadOnlyList<RawPricelist> Pricelists,
    IReadOnlyList<RawPrice> Prices,
    IReadOnlyList<RawCartItem> CartItems)
{
    private static readonly ConcurrentDictionary<TestContent, Lazy<Task<RawData>>> Loaded = new();

    /// <summary>The content of the shared databases, read from SQLite.</summary>
    public static Task<RawData> OfAsync(TestContent content) => Loaded.GetOrAdd(content, key => new(() => LoadAsync(key))).Value;

    public ILookup<long, RawItem> ItemsByOrder { get; } = Items.ToLookup(item => item.OrderId);

    public ILookup<long, RawPayment> PaymentsByInvoice { get; } = Payments.ToLookup(payment => payment.InvoiceId);

    public ILookup<long, RawOrder> OrdersByCustomer { get; } = Orders.ToLookup(order => order.CustomerId);

    public ILookup<long, RawInvoice> InvoicesByCustomer { get; } = Invoices.ToLookup(invoice => invoice.CustomerId);

    public ILookup<long, RawInvoice> InvoicesByOrder { get; } = Invoices.ToLookup(invoice => invoice.OrderId);

    public ILookup<long, RawDelivery> DeliveriesByOrder { get; } = Deliveries.ToLookup(delivery => delivery.OrderId);

    public decimal PaidOn(RawInvoice invoice) => PaymentsByInvoice[invoice.Id].Sum(payment => payment.Amount);

    private static async Task<RawData> LoadAsync(TestContent content)
    {
        var erp = await ErpTestDatabase.SharedAsync(TestDatabaseKind.Sqlite, content);
        await using var connection = await erp.Database.DataSource.OpenConnectionAsync();
        return new RawData(
            await ReadAsync<RawOrder>(connection, "SELECT id, order_number, customer_id, salesperson_id, status, ordered_at, subtotal, discount_amount, tax_amount, total FROM orders"),
            await ReadAsync<RawItem>(connection, "SELECT id, order_id, product_id, quantity, unit_price, discount_percent, line_total FROM order_items"),
            await ReadAsync<RawInvoice>(connection, "SELECT id, order_id, customer_id, issued_at, due_at, total, status FROM invoices"),
            await ReadAsync<RawPayment>(connection, "SELECT id, invoice_id, customer_id, paid_at, amount FROM payments"),
            await ReadAsync<RawDelivery>(connection, "SELECT id, order_id, status FROM deliveries"),
            await ReadAsync<RawCustomer>(connection, "SELECT id, name, salesperson_id, credit_limit FROM customers"),
            await ReadAsync<RawProduct>(connection, "SELECT id, name, category_id, list_price, is_active, created_at FROM products"),
            await ReadAsync<RawStock>(connection, "SELECT product_id, warehouse_id, quantity_on_hand, quantity_reserved FROM inventory"),
            await ReadAsync<RawWarehouse>(connection, "SELECT id, branch_id FROM warehouses"),
            await ReadAsync<RawReview>(connection, "SELECT id, product_id, rating, created_at FROM product_reviews"),
            await ReadAsync<RawPricelist>(connection, "SELECT id, discount_percent, is_default, is_active, valid_from, valid_to FROM pricelists"),
            await ReadAsync<RawPrice>(connection, "SELECT pricelist_id, product_id, price, discount_percent, minimum_quantity FROM product_prices"),
            await ReadAsync<RawCartItem>(connection, "SELECT customer_id, product_id, quantity FROM cart_items"));
    }

    private static async Task<IReadOnlyList<T>> ReadAsync<T>(DbConnection connection, string sql) => [.. await connection.QueryAsync<T>(sql)];
}

internal sealed record RawOrder(
    long Id,
    string OrderNumber,
    long CustomerId,
    long? SalespersonId,
    string Status,
    DateTimeOffset OrderedAt,
    decimal Subtotal,
    decimal DiscountAmount,
    decimal TaxAmount,
    decimal Total)
{
    public DateOnly Day => DateOnly.FromDateTime(OrderedAt.UtcDateTime);

    public bool IsSale => Status != "cancelled";
}

internal sealed record RawItem(long Id, long OrderId, long ProductId, int Quantity, decimal UnitPrice, decimal DiscountPercent, decimal LineTotal);

internal sealed record RawInvoice(long Id, long OrderId, long CustomerId, DateTimeOffset IssuedAt, DateTimeOffset DueAt, decimal Total, string Status)
{
    public DateOnly IssueDay => DateOnly.FromDateTime(IssuedAt.UtcDateTime);

    public DateOnly DueDay => DateOnly.FromDateTime(DueAt.UtcDateTime);

    public bool IsOpen => Status is "pending" or "partially_paid";
}

internal sealed record RawPayment(long Id, long InvoiceId, long CustomerId, DateTimeOffset PaidAt, decimal Amount);

internal sealed record RawDelivery(long Id, long OrderId, string Status);

internal sealed record RawCustomer(long Id, string Name, long? SalespersonId, decimal CreditLimit);

internal sealed record RawProduct(long Id, string Name, long? CategoryId, decimal ListPrice, bool IsActive, DateTimeOffset CreatedAt);

internal sealed record RawStock(long ProductId, long WarehouseId, int QuantityOnHand, int QuantityReserved)
{
    public int Available => QuantityOnHand - QuantityReserved;
}

internal sealed record RawWarehouse(long Id, long BranchId);

internal sealed record RawReview(long Id, long ProductId, int Rating, DateTimeOffset CreatedAt);

internal sealed record RawPricelist(
    long Id, decimal DiscountPercent, bool IsDefault, bool IsActive, DateTimeOffset? ValidFrom, DateTimeOffset? ValidTo)
{
    public bool IsInForceOn(DateOnly day)
    {
        var (begin, end) = (new DateTimeOffset(day, default, TimeSpan.Zero), new DateTimeOffset(day.AddDays(1), default, TimeSpan.Zero));
        return IsActive && !(ValidFrom >= end) && !(ValidTo <= begin);
    }
}

internal sealed record RawPrice(long PricelistId, long ProductId, decimal Price, decimal DiscountPercent, int MinimumQuantity);

internal sealed record RawCartItem(long CustomerId, long ProductId, int Quantity);
