namespace Erp.Orders;

internal sealed record OrderCustomerRow(
    long Id,
    string Name,
    string? Phone,
    string? Email,
    string? Label,
    string? Line1,
    string? Line2,
    string? City,
    string? State,
    string? PostalCode,
    string? Country);

internal sealed record OrderAddress(
    string? Label, string Line1, string? Line2, string? City, string? State, string? PostalCode, string? Country);

/// <param name="Address">The customer's default address, or else the first; null without any.</param>
internal sealed record OrderCustomer(long Id, string Name, string? Phone, string? Email, OrderAddress? Address)
{
    public const string Query = """
        SELECT c.id, c.name, c.phone, c.email, a.label, a.line1, a.line2, a.city, a.state, a.postal_code, a.country
        FROM orders o
        JOIN customers c ON c.id = o.customer_id
        LEFT JOIN customer_addresses a ON a.customer_id = c.id AND a.id = (
            SELECT x.id FROM customer_addresses x WHERE x.customer_id = c.id ORDER BY x.is_default DESC, x.id LIMIT 1)
        WHERE o.id = @id
        """;

    public static OrderCustomer From(OrderCustomerRow row) => new(
        row.Id,
        row.Name,
        row.Phone,
        row.Email,
        row.Line1 is { } line ? new OrderAddress(row.Label, line, row.Line2, row.City, row.State, row.PostalCode, row.Country) : null);
}
