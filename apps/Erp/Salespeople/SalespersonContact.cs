namespace Erp.Salespeople;

internal sealed record SalespersonContact(long Id, string Name, string? Phone)
{
    /// <summary>From the columns of a LEFT JOIN: null when there is none.</summary>
    public static SalespersonContact? Of(long? id, string? name, string? phone) => id is { } known ? new(known, name!, phone) : null;
}
