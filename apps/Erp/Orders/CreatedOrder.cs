namespace Erp.Orders;

/// <summary>The answer of POST /orders/create.</summary>
internal sealed record CreateOrderResponse(bool Success, CreatedOrder Order);

/// <summary>An order in its quick form.</summary>
internal sealed record CreatedOrder(
    long Id,
    string OrderNumber,
    DateTimeOffset OrderDate,
    string Status,
    decimal TotalAmount,
    CustomerReference Customer,
    int ItemsCount,
    bool IsPaid,
    bool IsDelivered);
