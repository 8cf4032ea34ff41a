using Erp.Writes;

namespace Erp.Orders;

/// <summary>The words of an order's status and the ways between them: forward, skipping allowed, never back; cancelled from before shipping.</summary>
internal static class OrderStatusTransitions
{
    public const string Pending = "pending";
    public const string Confirmed = "confirmed";
    public const string Processing = "processing";
    public const string Shipped = "shipped";
    public const string Completed = "completed";
    public const string Cancelled = "cancelled";

    private static readonly string[] Forward = [Pending, Confirmed, Processing, Shipped, Completed];

    public static IReadOnlyList<string> Words { get; } = [.. Forward, Cancelled];

    public static IReadOnlyList<string> AllowedFrom(string status)
    {
        var place = Array.IndexOf(Forward, status);
        if (place < 0)
            return [];
        var ahead = Forward[(place + 1)..];
        return HasReached(status, Shipped) ? ahead : [.. ahead, Cancelled];
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
