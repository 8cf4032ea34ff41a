namespace Erp.DemoData;

/// <summary>Orders and their lines: five years in which business grows, and today one of every status for every salesperson.</summary>
internal sealed class OrderGenerator(DemoContent content)
{
    private const int RecentDays = 90;
    private const int NewestProducts = 100;
    private const decimal TaxRate = 0.10m;

    private static readonly string[] Statuses = ["pending", "confirmed", "processing", "shipped", "completed", "cancelled"];

    private readonly DemoChance _chance = new(3_003);
    private int _knownCustomers;
    private int _knownProducts;

    public void Generate()
    {
        var days = content.Today.DayNumber - DateOnly.FromDateTime(content.Beginning.UtcDateTime).DayNumber;
        const int OrdersOfToday = DemoNumbers.Salespeople * 6;
        var counts = OrdersPerDay(days, DemoNumbers.Orders - OrdersOfToday);
        for (var day = 0; day < days; day++)
            AddDay(content.Beginning.AddDays(day), days - day, counts[day]);
        AddToday();
    }

    // Twice as many at the end as at the beginning, and a third on Saturdays and Sundays. Exactly `total` in all.
    private int[] OrdersPerDay(int days, int total)
    {
        var weights = Enumerable.Range(0, days).Select(day => (1 + (double)day / days) * (IsWeekend(day) ? 0.33 : 1)).ToArray();
        var sum = weights.Sum();
        var counts = new int[days];
        double passed = 0;
        var given = 0;
        for (var day = 0; day < days; day++)
        {
            passed += weights[day];
            var due = (int)Math.Round(total * passed / sum);
            counts[day] = due - given;
            given = due;
        }
        return counts;
    }

    private bool IsWeekend(int day) => content.Beginning.AddDays(day).DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday;

    private void AddDay(DateTimeOffset day, int age, int count)
    {
        KnowUpTo(day);
        var open = TimeSpan.FromHours(7);
        var step = TimeSpan.FromHours(13) / (count + 1);
        for (var i = 1; i <= count; i++)
        {
            var customer = content.Customers[_chance.Skewed(_knownCustomers)];
            var time = day + open + step * i + TimeSpan.FromSeconds(_chance.Between(0, 59));
            AddOrder(customer, StatusAtAge(age), WholeSecond(time), age);
        }
    }

    private void AddToday()
    {
        KnowUpTo(content.StartOfToday);
        var second = 0;
        foreach (var status in Statuses)
        {
            for (var salesperson = 1; salesperson <= DemoNumbers.Salespeople; salesperson++)
            {
                // A salesperson's customers are those at this distance from each other.
                var position = salesperson - 1 + DemoNumbers.Salespeople * _chance.Between(0, 30);
                second += 20;
                AddOrder(content.Customers[position], status, content.StartOfToday.AddSeconds(second), 0);
            }
        }
    }

    private static DateTimeOffset WholeSecond(DateTimeOffset time) => new(time.Ticks - time.Ticks % TimeSpan.TicksPerSecond, TimeSpan.Zero);

    // Both lists are in the order of their dates.
    private void KnowUpTo(DateTimeOffset day)
    {
        while (_knownCustomers < content.Customers.Count && content.Customers[_knownCustomers].CreatedAt < day)
            _knownCustomers++;
        while (_knownProducts < content.Products.Count && content.Products[_knownProducts].CreatedAt < day)
            _knownProducts++;
    }

    private string StatusAtAge(int days)
    {
        var dice = _chance.Between(0, 99);
        return days switch
        {
            <= 2 => dice < 4 ? "cancelled" : dice < 40 ? "pending" : dice < 75 ? "confirmed" : "processing",
            <= 6 => dice < 4 ? "cancelled" : dice < 14 ? "pending" : dice < 30 ? "confirmed" : dice < 65 ? "processing" : "shipped",
            <= 13 => dice < 4 ? "cancelled" : dice < 9 ? "pending" : dice < 20 ? "processing" : dice < 60 ? "shipped" : "completed",
            <= 40 => dice < 4 ? "cancelled" : dice < 6 ? "pending" : dice < 12 ? "shipped" : "completed",
            _ => dice < 4 ? "cancelled" : "completed",
        };
    }

    private void AddOrder(DemoCustomer customer, string status, DateTimeOffset orderedAt, int age)
    {
        var id = content.Orders.Count + 1L;
        decimal subtotal = 0;
        var taken = new HashSet<long>();
        for (var lines = _chance.Between(1, customer.IsCompany ? 6 : 4); lines > 0; lines--)
        {
            var product = PickProduct(age);
            if (!taken.Add(product.Id))
                continue;
            var item = Item(id, customer, product, status);
            content.OrderItems.Add(item);
            subtotal += item.LineTotal;
        }
        var discount = _chance.Happens(10) ? Cents(subtotal * 0.05m) : 0m;
        var shipping = customer.IsWalkIn || subtotal >= 150 ? 0m : _chance.Happens(15) ? 24.90m : 9.90m;
        content.Orders.Add(new DemoOrder(
            id, customer, status, orderedAt, subtotal, discount, Cents((subtotal - discount) * TaxRate), shipping,
            _chance.Happens(12) ? _chance.Pick(DemoWords.OrderNotes) : null,
            status == "cancelled" ? _chance.Pick(DemoWords.CancelReasons) : null));
    }

    private DemoProduct PickProduct(int age)
    {
        while (true)
        {
            var position = _chance.Happens(15) ? _knownProducts - 1 - _chance.Skewed(NewestProducts) : _chance.Skewed(_knownProducts);
            var product = content.Products[position];
            if (product.IsActive || age > RecentDays)
                return product;
        }
    }

    private DemoOrderItem Item(long order, DemoCustomer customer, DemoProduct product, string status)
    {
        var quantity = customer.IsCompany ? _chance.Between(1, product.ListPrice > 200 ? 4 : 24) : _chance.Between(1, product.ListPrice > 100 ? 1 : 4);
        var price = customer.IsCompany ? Cents(product.ListPrice * CatalogueGenerator.WholesaleFactor) : product.ListPrice;
        var discount = customer.IsCompany ? (quantity >= 10 ? 5m : 0m) : product.RetailDiscount;
        return new DemoOrderItem(
            content.OrderItems.Count + 1L, order, product.Id, quantity, price, discount, Cents(quantity * price * (100 - discount) / 100),
            status == "completed" ? quantity : 0);
    }

    private static decimal Cents(decimal amount) => decimal.Round(amount, 2, MidpointRounding.AwayFromZero);
}
