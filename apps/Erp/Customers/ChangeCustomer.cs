using Erp.Writes;

namespace Erp.Customers;

/// <summary>The body of PUT /customers/{id}: what is absent stays as it is. E-mail, phone and city take null.</summary>
internal sealed record ChangeCustomerRequest(
    string? Name = null, string? Email = null, string? Phone = null, string? City = null, bool? IsActive = null);

internal sealed record ChangedCustomer(long CustomerId);

internal static class ChangeCustomer
{
    public static ColumnChanges Read(JsonMembers body, RequestErrors errors)
    {
        var changes = new ColumnChanges(body)
            .Text("name", 200)
            .NullableText("email", 254)
            .NullableText("phone", 50)
            .NullableText("city", 100)
            .Flag("is_active");
        if (changes["email"] is string email && !IsAddress(email))
            body.Refuse("email", "Must be an e-mail address: name@domain.");
        return changes.RefuseNone(errors);
    }

    public static async Task<ChangedCustomer> RunAsync(WriteContext write, long id, ColumnChanges changes) =>
        await changes.UpdateAsync(write, "customers", id)
            ? new ChangedCustomer(id)
            : throw RequestRefusedException.Unknown("id", $"Customer {id} does not exist.");

    // Whether it reaches anybody only a letter can tell; this catches what was typed into the wrong field.
    private static bool IsAddress(string text)
    {
        var at = text.IndexOf('@', StringComparison.Ordinal);
        return at > 0 && at < text.Length - 1 && text.IndexOf('@', at + 1) < 0 && !text.Any(char.IsWhiteSpace) && !text.Any(char.IsControl);
    }
}
