namespace Erp.Salespeople;

internal sealed record Salesperson(long Id, string Name, string? Email, string? Phone, string Role)
{
    public const string Query = "SELECT id, name, email, phone, role FROM salespeople WHERE id = @salesperson_id";
}
