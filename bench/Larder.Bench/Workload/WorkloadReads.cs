namespace Larder.Bench.Workload;

/// <summary>The reads: every view of the backend with its parameters. Include flags are turned off once in ten times each.</summary>
internal sealed class WorkloadReads
{
    private const double FlagIsOff = 0.1;

    private static readonly string[] Ranges = ["today", "week", "month"];
    private static readonly string[] Statuses = ["pending", "confirmed", "processing", "shipped", "completed", "cancelled"];

    private readonly Random _random;
    private readonly Population _population;
    private readonly string _asOf;
    private readonly WeightedChoice<Func<WorkloadOperation>> _choice;

    public WorkloadReads(Random random, Population population, DateOnly asOf)
    {
        (_random, _population, _asOf) = (random, population, $"as_of={asOf:yyyy-MM-dd}");
        _choice = new(
            (15, Home),
            (20, ProductComplete),
            (15, ProductDetail),
            (8, CustomerComplete),
            (5, CustomerQuick),
            (4, CustomerFinancial),
            (6, CustomerOrders),
            (10, OrderComplete),
            (7, OrderQuick),
            (7, Dashboard),
            (3, Checkout));
    }

    public WorkloadOperation Next() => _choice.Draw(_random)();

    private static WorkloadOperation Read(string kind, string target) => new(kind, "GET", target);

    private WorkloadOperation Home() => Read("home", $"/home?{_asOf}{Sometimes(0.66, "customer_id", Customer)}{Sometimes(0.33, "branch_id", Branch)}");

    private WorkloadOperation ProductComplete() =>
        Read("product-complete", $"/products/{Product()}/complete?{_asOf}{Flags("include_similar", "include_reviews")}");

    private WorkloadOperation ProductDetail() => Read("product-detail", $"/products/{Product()}?{_asOf}{Sometimes(0.33, "customer_id", Customer)}");

    private WorkloadOperation CustomerComplete() =>
        Read("customer-complete", $"/customers/{Customer()}/complete?{_asOf}{Flags("include_orders", "include_payments")}");

    private WorkloadOperation CustomerQuick() => Read("customer-quick", $"/customers/{Customer()}/quick");

    private WorkloadOperation CustomerFinancial() => Read("customer-financial", $"/customers/{Customer()}/financial?{_asOf}");

    private WorkloadOperation CustomerOrders() => Read(
        "customer-orders",
        $"/customers/{Customer()}/orders?limit={(_random.NextDouble() < 0.8 ? 20 : 50)}{Sometimes(0.2, "status", () => Statuses[_random.Next(Statuses.Length)])}");

    private WorkloadOperation OrderComplete() =>
        Read("order-complete", $"/orders/{Order()}/complete?{_asOf}{Flags("include_items", "include_payment", "include_delivery")}");

    private WorkloadOperation OrderQuick() => Read("order-quick", $"/orders/{Order()}/quick");

    private WorkloadOperation Dashboard() => Read(
        "salesperson-dashboard",
        $"/salesperson/dashboard?salesperson_id={_population.Salespeople.Draw(_random).Id}&date_range={Ranges[_random.Next(Ranges.Length)]}&{_asOf}");

    private WorkloadOperation Checkout() => Read("checkout", $"/checkout?customer_id={Customer()}&{_asOf}{Sometimes(0.33, "branch_id", Branch)}");

    private string Product() => $"{_population.Products.Draw(_random).Id}";

    private string Customer() => $"{_population.Customers.Draw(_random).Id}";

    private string Order() => $"{_population.Orders.Draw(_random).Id}";

    private string Branch() => $"{_population.Rows.Branches[_random.Next(_population.Rows.Branches.Count)]}";

    private string Sometimes(double share, string name, Func<string> value) => _random.NextDouble() < share ? $"&{name}={value()}" : "";

    private string Flags(params ReadOnlySpan<string> names)
    {
        var query = "";
        foreach (var name in names)
        {
            query += _random.NextDouble() < FlagIsOff ? $"&{name}=false" : "";
        }

        return query;
    }
}
