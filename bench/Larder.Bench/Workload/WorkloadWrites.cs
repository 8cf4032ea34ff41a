using System.Text.Json;

namespace Larder.Bench.Workload;

/// <summary>
/// The writes: every write endpoint, with bodies that the ERP accepts in the state that the model knows. Where nothing is in a state for the write
/// that was drawn, an order is created instead.
/// </summary>
internal sealed class WorkloadWrites
{
    private const int MaxQuantity = 3;

    private readonly Random _random;
    private readonly Population _population;
    private readonly OrderWrites _orders;
    private readonly WeightedChoice<Func<WorkloadOperation?>> _choice;

    public WorkloadWrites(Random random, Population population)
    {
        (_random, _population) = (random, population);
        _orders = new OrderWrites(random, population);
        _choice = new(
            (18, _orders.Create),
            (16, _orders.ChangeStatus),
            (8, _orders.ChangeItems),
            (8, _orders.ChangeDelivery),
            (4, _orders.Cancel),
            (6, ChangeProduct),
            (6, ChangePrice),
            (12, RecordMovement),
            (5, AddReview),
            (4, ChangeCustomer),
            (3, ChangeCreditLimit),
            (10, RecordPayment));
    }

    public WorkloadOperation Next() => _choice.Draw(_random)() ?? _orders.Create() ?? throw new InvalidOperationException("No product is left to order.");

    private WorkloadOperation ChangeProduct()
    {
        var id = _population.Products.Draw(_random).Id;
        var text = $"Seen {_random.Next(1_000_000)}";
        object body = _random.Next(10) switch
        {
            < 4 => new { description = text },
            < 7 => new { name = $"Product {id}, {text}" },
            < 9 => new { brand = text },
            _ => new { category_id = _population.Rows.Categories[_random.Next(_population.Rows.Categories.Count)] },
        };
        return Write("product", "PUT", $"/products/{id}", body);
    }

    private WorkloadOperation ChangePrice()
    {
        var product = _population.Products.Draw(_random);
        // The first is the default list, by which everybody is charged.
        var lists = _population.Rows.PriceLists;
        var list = lists[_random.NextDouble() < 0.7 ? 0 : _random.Next(lists.Count)];
        var price = decimal.Round(Math.Max(1, product.ListPrice) * (80 + _random.Next(41)) / 100 + _random.Next(100) / 100m, 2);
        return Write(
            "price", "PUT", $"/products/{product.Id}/prices/{list}",
            _random.NextDouble() < 0.3 ? new { price, discount_percentage = _random.Next(30) } : new { price });
    }

    private WorkloadOperation? RecordMovement()
    {
        if (_population.Products.Draw(_random, product => product.Stock.Count > 0) is not { } product)
        {
            return null;
        }

        var stock = product.Stock[_random.Next(product.Stock.Count)];
        var drawn = _random.Next(10);
        var type = drawn < 5 ? "IN" : drawn < 9 && stock.AvailableAtLeast >= StockModel.Plenty ? "OUT" : "ADJUSTMENT";
        var quantity = type switch
        {
            "IN" => 1 + _random.Next(50),
            "OUT" => 1 + _random.Next(MaxQuantity),
            _ => stock.ReservedAtMost + 20 + _random.Next(200),
        };
        return Write(
            "movement", "POST", "/inventory/movements/record",
            new { product_id = product.Id, warehouse_id = stock.WarehouseId, movement_type = type, quantity },
            _ => stock.AvailableAtLeast = type switch
            {
                "IN" => stock.AvailableAtLeast + quantity,
                "OUT" => stock.AvailableAtLeast - quantity,
                _ => quantity - stock.ReservedAtMost,
            });
    }

    private WorkloadOperation AddReview() => Write(
        "review", "POST", $"/products/{_population.Products.Draw(_random).Id}/reviews",
        new { customer_id = _population.Customers.Draw(_random).Id, rating = 1 + _random.Next(5), review_text = $"Review {_random.Next(1_000_000)}" });

    private WorkloadOperation ChangeCustomer()
    {
        var id = _population.Customers.Draw(_random).Id;
        var number = _random.Next(1_000_000);
        object body = _random.Next(4) switch
        {
            0 => new { phone = $"+1 555 {number}" },
            1 => new { email = $"c{number}@example.com" },
            2 => new { city = $"City {number}" },
            _ => new { name = $"Customer {number}" },
        };
        return Write("customer", "PUT", $"/customers/{id}", body);
    }

    private WorkloadOperation ChangeCreditLimit() => Write(
        "credit-limit", "PUT", $"/customers/{_population.Customers.Draw(_random).Id}/credit-limit", new { credit_limit = 1000 + (10 * _random.Next(5000)) });

    private WorkloadOperation? RecordPayment()
    {
        if (_population.Invoices.Draw(_random, invoice => invoice.IsOwed) is not { } invoice)
        {
            return null;
        }

        var owed = decimal.Round(invoice.Owed, 2, MidpointRounding.ToZero);
        var amount = _random.Next(2) == 0 ? owed : Math.Max(0.01m, decimal.Round(owed * (10 + _random.Next(50)) / 100, 2));
        var methods = _population.Rows.PaymentMethods;
        return Write(
            "payment", "POST", "/payments",
            new { customer_id = invoice.CustomerId, invoice_id = invoice.Id, amount, payment_method = methods[_random.Next(methods.Count)] },
            _ =>
            {
                invoice.Owed -= amount;
                invoice.Order?.HasPayments = true;
            });
    }

    internal static WorkloadOperation Write(string kind, string method, string target, object body, Action<JsonElement>? accepted = null) =>
        new(kind, method, target, JsonSerializer.Serialize(body)) { Accepted = accepted };
}
