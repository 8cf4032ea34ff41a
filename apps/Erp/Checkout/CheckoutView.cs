using Erp.Views;
using Larder.Caching;
using Larder.Views;
using Larder.Views.Sources;

namespace Erp.Checkout;

internal static class CheckoutView
{
    public static readonly View View = View.Create("checkout")
        .Parameter<long>("customer_id", parameter => parameter.AtLeast(1L))
        .OptionalParameter<long>("branch_id", parameter => parameter.AtLeast(1L).Describe("Whose stock counts; absent: all branches'."))
        .AsOf()
        .Policy(CachePolicies.Cart)
        .Required("customer", Sql.Row<long>("SELECT id FROM customers WHERE id = @customer_id"), section => section.Hidden())
        .Required("branch", Sql.Row<long>("SELECT id FROM branches WHERE id = @branch_id"), section => section.When("branch_id").Hidden())
        .Optional("cart", Cart.Source)
        .Optional("addresses", Sql.Rows<Address>(
            """
            SELECT id, label, line1, line2, city, state, postal_code, country, is_default
            FROM customer_addresses
            WHERE customer_id = @customer_id
            ORDER BY is_default DESC, id
            """))
        .Optional("payment_methods", Sql.Rows<PaymentMethod>("SELECT code, name, fee FROM payment_methods WHERE is_active ORDER BY position, code"))
        .Optional("delivery_options", Sql.Rows<DeliveryOption>(DeliveryOption.Query))
        .Optional("promotions", Sql.Rows<Promotion>(
            """
            SELECT id, name, description, discount_percent AS discount_percentage, starts_at, ends_at
            FROM promotions
            WHERE is_active AND starts_at < @next_day AND ends_at > @as_of
            ORDER BY discount_percent DESC, id
            """).UntilNextDay())
        .Optional(
            "summary",
            Code.Compute(CheckoutSummary.From)
                .From("cart", "cart", static (Cart cart) => cart)
                .From("delivery_options", "delivery_options", static (IReadOnlyList<DeliveryOption> options) => options))
        .Build();

    private sealed record Address(
        long Id,
        string? Label,
        string Line1,
        string? Line2,
        string? City,
        string? State,
        string? PostalCode,
        string? Country,
        bool IsDefault);

    private sealed record PaymentMethod(string Code, string Name, decimal Fee);

    private sealed record Promotion(
        long Id, string Name, string? Description, decimal DiscountPercentage, DateTimeOffset StartsAt, DateTimeOffset EndsAt);
}
