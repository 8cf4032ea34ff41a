namespace Erp.Checkout;

/// <param name="FreeFrom">The value of a cart from which the fee falls away; null: never.</param>
internal sealed record DeliveryOption(string Code, string Name, decimal Fee, decimal? FreeFrom, int EstimatedDays)
{
    public const string Query = """
        SELECT code, name, fee, free_from, estimated_days
        FROM delivery_options
        WHERE is_active
        ORDER BY position, code
        """;

    public decimal FeeFor(decimal value) => FreeFrom is { } free && value >= free ? 0 : Fee;
}
