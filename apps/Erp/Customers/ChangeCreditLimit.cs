using Erp.Writes;

namespace Erp.Customers;

/// <summary>The body of PUT /customers/{id}/credit-limit.</summary>
/// <param name="CreditLimit">0 or more, at most two decimals. It may lie below what the customer owes already.</param>
internal sealed record ChangeCreditLimitRequest(decimal CreditLimit);

internal static class ChangeCreditLimit
{
    private const decimal MaxCreditLimit = 99_999_999_999.99m;

    public static ChangeCreditLimitRequest Read(JsonMembers body, RequestErrors errors) =>
        new(body.RequiredDecimal("credit_limit", 0, MaxCreditLimit, 2) ?? 0);

    public static async Task<ChangedCustomer> RunAsync(WriteContext write, long id, ChangeCreditLimitRequest request) =>
        await write.ExecuteAsync("UPDATE customers SET credit_limit = @CreditLimit WHERE id = @id", new { request.CreditLimit, id }) == 1
            ? new ChangedCustomer(id)
            : throw RequestRefusedException.Unknown("id", $"Customer {id} does not exist.");
}
