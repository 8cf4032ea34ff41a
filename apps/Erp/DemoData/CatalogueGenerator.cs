using System.Globalization;

namespace Erp.DemoData;

/// <summary>Branches, warehouses, categories, products, price lists and pictures.</summary>
internal sealed class CatalogueGenerator(DemoContent content)
{
    public const long Retail = 1;
    public const long Wholesale = 2;
    public const long Partner = 3;
    public const long Offers = 4;
    public const long Clearance = 5;

    public const decimal WholesaleFactor = 0.75m;

    private const int ProductsFromTheStart = 1_200;
    private const int NewProducts = 60;

    private readonly DemoChance _chance = new(1_001);
    private readonly List<(long Id, string[] Nouns)> _leaves = [];

    public void Generate()
    {
        AddPlaces();
        AddCategories();
        for (var id = 1; id <= DemoNumbers.Products; id++)
            content.Products.Add(Product(id));
        AddPricelists();
        foreach (var product in content.Products)
        {
            AddPrices(product);
            AddImages(product);
        }
    }

    private void AddPlaces()
    {
        for (var i = 0; i < DemoNumbers.Branches; i++)
        {
            var (code, name, city) = DemoWords.Branches[i];
            content.Branches.Add([i + 1L, code, name, city, DemoWords.Country, true]);
        }
        for (var i = 0; i < DemoNumbers.Warehouses; i++)
        {
            var branch = i % DemoNumbers.Branches;
            var kind = i < DemoNumbers.Branches ? "store" : "depot";
            content.Warehouses.Add([i + 1L, branch + 1L, $"{DemoWords.Branches[branch].City} {kind}", true]);
        }
    }

    private void AddCategories()
    {
        var roots = DemoWords.Categories.Length;
        var next = roots + 1L;
        for (var i = 0; i < roots; i++)
            content.Categories.Add([i + 1L, null, DemoWords.Categories[i].Root]);
        for (var i = 0; i < roots; i++)
        {
            foreach (var (name, nouns) in DemoWords.Categories[i].Children)
            {
                content.Categories.Add([next, i + 1L, name]);
                _leaves.Add((next++, nouns));
            }
        }
    }

    private DemoProduct Product(long id)
    {
        // Neighbours in the list are of different categories, and every category has some that sell well (low ids do).
        var (category, nouns) = _leaves[(int)(id % _leaves.Count)];
        var noun = _chance.Pick(nouns);
        var brand = _chance.Pick(DemoWords.Brands);
        var listPrice = Price();
        var width = _chance.Between(4, 90);
        return new DemoProduct(
            id,
            $"LD-{category:D2}-{id:D5}",
            $"{_chance.Pick(DemoWords.Adjectives)} {noun.ToLowerInvariant()} {_chance.Between(10, 99) * 10}",
            $"{noun} by {brand}. Made for daily use at work and at home.",
            category,
            brand,
            _chance.Pick(DemoWords.Units),
            Barcode(id),
            _chance.Happens(60) ? _chance.Pick(DemoWords.Colors) : null,
            _chance.Happens(25) ? _chance.Pick(DemoWords.Sizes) : null,
            _chance.Between(10, 30_000) / 1000m,
            string.Create(CultureInfo.InvariantCulture, $"{width} x {_chance.Between(4, 60)} x {_chance.Between(2, 40)} cm"),
            listPrice,
            decimal.Round(listPrice * _chance.Between(50, 75) / 100m, 2),
            _chance.Between(1, 8) * 5,
            id == 1 || id > DemoNumbers.Products - NewProducts || !_chance.Happens(8),
            CreatedAt(id))
        {
            RetailDiscount = _chance.Happens(12) ? _chance.Between(1, 6) * 5 : 0,
        };
    }

    // Many cheap things and a few dear ones, 1.90 to about 1,900.
    private decimal Price() => decimal.Floor((decimal)Math.Pow(10, 0.3 + 3 * Math.Pow(_chance.Fraction(), 1.4))) + 0.90m;

    private DateTimeOffset CreatedAt(long id)
    {
        if (id <= ProductsFromTheStart)
            return content.Beginning.AddDays(-1 - (ProductsFromTheStart - id) / 10.0);
        var days = (content.StartOfToday - content.Beginning).TotalDays - 1;
        return content.Beginning.AddDays(Math.Floor(days * (id - ProductsFromTheStart) / (DemoNumbers.Products - ProductsFromTheStart)));
    }

    // EAN-13 in the range 20-29, which is for use within a company.
    private static string Barcode(long id)
    {
        var digits = $"20{id:D10}";
        var sum = digits.Select((digit, i) => (digit - '0') * (i % 2 == 0 ? 1 : 3)).Sum();
        return digits + (10 - sum % 10) % 10;
    }

    private void AddPricelists()
    {
        var today = content.StartOfToday;
        content.Pricelists.Add([Retail, "Retail", DemoNumbers.Currency, 0m, true, true, null, null]);
        content.Pricelists.Add([Wholesale, "Wholesale", DemoNumbers.Currency, 25m, false, true, null, null]);
        content.Pricelists.Add([Partner, "Partner", DemoNumbers.Currency, 15m, false, true, null, null]);
        content.Pricelists.Add([Offers, "Offers of the season", DemoNumbers.Currency, 0m, false, true, today.AddDays(-30), today.AddDays(60)]);
        content.Pricelists.Add([Clearance, "Clearance", DemoNumbers.Currency, 0m, false, false, today.AddDays(-400), today.AddDays(-300)]);
    }

    private void AddPrices(DemoProduct product)
    {
        var wholesale = decimal.Round(product.ListPrice * WholesaleFactor, 2, MidpointRounding.AwayFromZero);
        AddPrice(Retail, product, product.ListPrice, product.RetailDiscount, 1);
        AddPrice(Wholesale, product, wholesale, 0, 1);
        if (_chance.Happens(30))
            AddPrice(Wholesale, product, wholesale, 5, 10);
        if (_chance.Happens(10))
            AddPrice(Wholesale, product, wholesale, 10, 50);
        if (_chance.Happens(8) || product.Id == 1)
            AddPrice(Offers, product, product.ListPrice, _chance.Between(2, 8) * 5, 1);
        if (_chance.Happens(3))
            AddPrice(Clearance, product, product.ListPrice, 50, 1);
    }

    private void AddPrice(long pricelist, DemoProduct product, decimal price, decimal discount, int fromQuantity) =>
        content.ProductPrices.Add([pricelist, product.Id, price, discount, fromQuantity]);

    private void AddImages(DemoProduct product)
    {
        if (product.Id % 20 == 7)
            return;
        var count = _chance.Between(1, 4);
        for (var i = 1; i <= count; i++)
            content.ProductImages.Add([product.Id, $"/images/{product.Sku}-{i}.jpg", $"/images/{product.Sku}-{i}-small.jpg", i == 1, i]);
    }
}
