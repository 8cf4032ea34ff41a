namespace Erp.DemoData;

/// <summary>Reviews, promotions and carts.</summary>
internal sealed class ShopGenerator(DemoContent content)
{
    private const int Reviews = 4_000;
    private const int ReviewsOfTheFirstProducts = 8;
    private const int CustomersWithCart = 400;

    private readonly DemoChance _chance = new(6_006);

    public void Generate()
    {
        AddReviews();
        AddPromotions();
        AddCarts();
    }

    private void AddReviews()
    {
        var moments = Enumerable.Range(0, Reviews)
            .Select(_ => content.Beginning.AddSeconds(Math.Floor(_chance.Fraction() * (content.StartOfToday - content.Beginning).TotalSeconds)))
            .Order()
            .ToArray();
        for (var i = 0; i < Reviews; i++)
        {
            // The latest ones go round the first products, so that these have enough to fill a page.
            var product = i >= Reviews - 10 * ReviewsOfTheFirstProducts
                ? content.Products[i % 10]
                : content.Products[_chance.Skewed(content.Products.Count)];
            if (product.CreatedAt >= moments[i])
                continue;
            var customer = content.Customers[_chance.Skewed(content.Customers.Count / 2)];
            var rating = Math.Min(5, _chance.Between(1, 8));
            var comment = _chance.Pick(DemoWords.Comments[rating - 1]);
            content.ProductReviews.Add([content.ProductReviews.Count + 1L, product.Id, customer.Name, rating, comment, moments[i], customer.Id]);
        }
    }

    private void AddPromotions()
    {
        var today = content.StartOfToday;
        content.Promotions.Add([1L, "Season's offers", "Up to 40 percent off chosen products", 10m, today.AddDays(-30), today.AddDays(60), true]);
        content.Promotions.Add([2L, "Workshop weeks", "Tools and storage at a better price", 15m, today.AddDays(-7), today.AddDays(21), true]);
        content.Promotions.Add([3L, "Welcome", "For a customer's first orders", 5m, today.AddDays(-700), today.AddDays(700), true]);
        content.Promotions.Add([4L, "Next month's garden", "Watering and planting", 20m, today.AddDays(30), today.AddDays(60), true]);
        content.Promotions.Add([5L, "Last winter", "Heating and lighting", 25m, today.AddDays(-300), today.AddDays(-200), true]);
        content.Promotions.Add([6L, "Withdrawn", "Ended early", 30m, today.AddDays(-10), today.AddDays(10), false]);
    }

    private void AddCarts()
    {
        var buyable = content.Products.Where(product => product.IsActive).ToList();
        for (var i = 0; i < CustomersWithCart; i++)
        {
            var customer = i < 100 ? i + 1L : 1 + i * 12L;
            var taken = new HashSet<long>();
            for (var lines = _chance.Between(1, 5); lines > 0; lines--)
            {
                var product = buyable[_chance.Skewed(buyable.Count)].Id;
                if (taken.Add(product))
                    content.CartItems.Add([customer, product, _chance.Between(1, 3)]);
            }
        }
    }
}
