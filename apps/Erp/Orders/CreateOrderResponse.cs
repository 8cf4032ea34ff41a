namespace Erp.Orders;

/// <summary>The answer of POST /orders/create.</summary>
internal sealed record CreateOrderResponse(bool Success, QuickOrder Order);
