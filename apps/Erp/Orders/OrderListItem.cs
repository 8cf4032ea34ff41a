namespace Erp.Orders;

/// <summary>An order among others.</summary>
/// <param name="ItemsCount">The number of its lines.</param>
internal sealed record OrderListItem(long Id, string OrderNumber, DateTimeOffset Date, decimal Total, string Status, long ItemsCount);
