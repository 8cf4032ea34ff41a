using Larder.Views;

namespace Erp.Checkout;

/// <summary>What the cart comes to.</summary>
/// <param name="Subtotal">Before discounts.</param>
/// <param name="DeliveryFee">Of the first delivery option; nothing for an empty cart; null when there is no option.</param>
/// <param name="Total">Null when the fee is.</param>
internal sealed record CheckoutSummary(decimal Subtotal, decimal Discount, decimal? DeliveryFee, decimal? Total, string? Currency)
{
    public static CheckoutSummary From(SectionInputs inputs) =>
        From(inputs.Get<Cart>("cart"), inputs.Get<IReadOnlyList<DeliveryOption>>("delivery_options"));

    public static CheckoutSummary From(Cart cart, IReadOnlyList<DeliveryOption> options)
    {
        var fee = cart.ItemsCount == 0 ? 0 : options.Count == 0 ? (decimal?)null : options[0].FeeFor(cart.Total);
        return new CheckoutSummary(cart.Subtotal, cart.Discount, fee, cart.Total + fee, cart.Currency);
    }
}
