using Erp.Salespeople;

namespace Erp.Customers;

/// <param name="PaymentTerms">In days.</param>
internal sealed record Customer(
    long Id,
    string Name,
    string? Email,
    string? Phone,
    string? TaxNumber,
    string CustomerType,
    SalespersonContact? Salesperson,
    bool IsActive,
    DateTimeOffset CreatedAt,
    int PaymentTerms)
{
    public static Customer From(CustomerRow row) => new(
        row.Id,
        row.Name,
        row.Email,
        row.Phone,
        row.TaxNumber,
        row.CustomerType,
        row.Salesperson,
        row.IsActive,
        row.CreatedAt,
        row.PaymentTerms);
}
