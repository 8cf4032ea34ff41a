namespace Erp.DemoData;

/// <summary>Makes up a trading company: five years of business that end today. The same day gives the same data.</summary>
/// <remarks>
/// Consistent as the imported data are: an order's total is the sum of its lines less discount plus tax and shipping; payments add up to
/// what is paid; processing, shipped and completed orders have an invoice; reserved stock is what pending, confirmed and processing orders
/// hold. Good ids to look at: product 1 (reviews, pictures, an offer), product 5 (out of stock), customers 1 to 100 (orders, cart, active),
/// salespeople 1 to 15 (orders of every status today). Every level of risk occurs among the first hundred customers.
/// </remarks>
internal static class DemoDataGenerator
{
    public static DemoContent Generate(DateOnly today)
    {
        var content = new DemoContent(today);
        new CatalogueGenerator(content).Generate();
        new CustomerGenerator(content).Generate();
        new OrderGenerator(content).Generate();
        new BillingGenerator(content).Generate();
        new StockGenerator(content).Generate();
        new ShopGenerator(content).Generate();
        return content;
    }
}
