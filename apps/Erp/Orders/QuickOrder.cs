namespace Erp.Orders;

/// <summary>The quick form of an order.</summary>
/// <param name="ItemsCount">The number of its lines.</param>
internal sealed record QuickOrder(
    long Id,
    string OrderNumber,
    DateTimeOffset OrderDate,
    string Status,
    decimal TotalAmount,
    CustomerReference Customer,
    long ItemsCount,
    bool IsPaid,
    bool IsDelivered)
{
    public static QuickOrder From(OrderProgressRow row) => new(
        row.Id,
        row.OrderNumber,
        row.OrderedAt,
        row.Status,
        row.Total,
        new CustomerReference(row.CustomerId, row.CustomerName),
        row.ItemsCount,
        row.IsPaid,
        row.IsDelivered);
}
