using Erp.Salespeople;

namespace Erp.Orders;

internal sealed record OrderRow(
    long Id,
    string OrderNumber,
    DateTimeOffset OrderedAt,
    string Status,
    decimal Total,
    decimal Subtotal,
    decimal DiscountAmount,
    decimal TaxAmount,
    string? Notes,
    DateTimeOffset UpdatedAt,
    long? SalespersonId,
    string? SalespersonName,
    string? SalespersonPhone);

/// <param name="TotalAmount">What the customer pays: the lines less the discount, with tax and shipping.</param>
/// <param name="NetAmount">The lines less the discount, without tax and shipping.</param>
/// <param name="CreatedAt">An order is dated when it is entered, so this is the order's date.</param>
internal sealed record Order(
    long Id,
    string OrderNumber,
    DateTimeOffset OrderDate,
    string Status,
    decimal TotalAmount,
    decimal DiscountAmount,
    decimal TaxAmount,
    decimal NetAmount,
    string? Notes,
    SalespersonContact? Salesperson,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt)
{
    public const string Query = """
        SELECT o.id, o.order_number, o.ordered_at, o.status, o.total, o.subtotal, o.discount_amount, o.tax_amount, o.notes, o.updated_at,
               o.salesperson_id, s.name AS salesperson_name, s.phone AS salesperson_phone
        FROM orders o
        LEFT JOIN salespeople s ON s.id = o.salesperson_id
        WHERE o.id = @id
        """;

    public static Order From(OrderRow row) => new(
        row.Id,
        row.OrderNumber,
        row.OrderedAt,
        row.Status,
        row.Total,
        row.DiscountAmount,
        row.TaxAmount,
        row.Subtotal - row.DiscountAmount,
        row.Notes,
        SalespersonContact.Of(row.SalespersonId, row.SalespersonName, row.SalespersonPhone),
        row.OrderedAt,
        row.UpdatedAt);
}
