using Erp.Writes;

namespace Erp.Orders;

/// <summary>The ways between the statuses of an order: forward, skipping allowed, never back; cancelled from before shipping.</summary>
internal static class OrderStatusTransitions
{
    private static readonly string[] Forward =
        [OrderStatuses.Pending, OrderStatuses.Confirmed, OrderStatuses.Processing, OrderStatuses.Shipped, OrderStatuses.Completed];

    public static IReadOnlyList<string> AllowedFrom(string status)
    {
        var place = Array.IndexOf(Forward, status);
        if (place < 0)
            return [];
        var ahead = Forward[(place + 1)..];
        return HasReached(status, OrderStatuses.Shipped) ? ahead : [.. ahead, OrderStatuses.Cancelled];
    }

    /// <summary>True when the status is <paramref name="mark"/> or after it. A cancelled order has reached nothing.</summary>
    public static bool HasReached(string status, string mark) => Array.IndexOf(Forward, status) >= Array.IndexOf(Forward, mark);

    /// <exception cref="RequestRefusedException">409: the way is not allowed.</exception>
    public static void Require(string orderNumber, string from, string to)
    {
        var allowed = AllowedFrom(from);
        if (allowed.Contains(to))
            return;
        throw RequestRefusedException.Conflict(
            $"Order {orderNumber} is {from} and cannot become {to}; "
            + (allowed.Count == 0 ? "it stays as it is." : $"allowed: {string.Join(", ", allowed)}."),
            ("from", from),
            ("to", to),
            ("allowed", allowed));
    }
}
