namespace Erp.Orders;

internal sealed record DeliveryRow(string Status, string? TrackingNumber, DateTimeOffset? ExpectedAt, DateTimeOffset? DeliveredAt);

/// <summary>The newest delivery of an order. Without one only the flags are not null.</summary>
internal sealed record OrderDelivery(
    bool HasDelivery,
    bool IsDelivered,
    string? Status,
    string? TrackingNumber,
    DateTimeOffset? ExpectedDeliveryDate,
    DateTimeOffset? ActualDeliveryDate)
{
    public const string DeliveredStatus = "delivered";

    public const string Query = """
        SELECT status, tracking_number, expected_at, delivered_at
        FROM deliveries
        WHERE order_id = @id
        ORDER BY id DESC
        LIMIT 1
        """;

    public static OrderDelivery From(IReadOnlyList<DeliveryRow> rows) => rows is [var row, ..]
        ? new(HasDelivery: true, row.Status == DeliveredStatus, row.Status, row.TrackingNumber, row.ExpectedAt, row.DeliveredAt)
        : new(HasDelivery: false, IsDelivered: false, null, null, null, null);
}
