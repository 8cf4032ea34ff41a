using Erp.Salespeople;

namespace Erp.Customers;

internal sealed record CustomerRow(
    long Id,
    string Name,
    string? Email,
    string? Phone,
    string? TaxNumber,
    string CustomerType,
    bool IsActive,
    DateTimeOffset CreatedAt,
    int PaymentTerms,
    long? SalespersonId,
    string? SalespersonName,
    string? SalespersonPhone)
{
    public const string Query = """
        SELECT c.id, c.name, c.email, c.phone, c.tax_number, c.customer_type, c.is_active, c.created_at, c.payment_terms_days AS payment_terms,
               c.salesperson_id, s.name AS salesperson_name, s.phone AS salesperson_phone
        FROM customers c
        LEFT JOIN salespeople s ON s.id = c.salesperson_id
        WHERE c.id = @id
        """;

    public SalespersonContact? Salesperson => SalespersonContact.Of(SalespersonId, SalespersonName, SalespersonPhone);
}
