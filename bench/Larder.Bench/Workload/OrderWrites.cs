namespace Larder.Bench.Workload;

/// <summary>The writes of orders, whose states the model follows.</summary>
internal sealed class OrderWrites(Random random, Population population)
{
    private const int MaxLines = 3;
    private const int MaxQuantity = 3;

    private static readonly string[] Forward = ["pending", "confirmed", "processing", "shipped", "completed"];

    public WorkloadOperation? Create()
    {
        var lines = DrawLines();
        if (lines.Count == 0)
        {
            return null;
        }

        var body = new { customer_id = population.Customers.Draw(random).Id, salesperson_id = population.Salespeople.Draw(random).Id, items = ItemsOf(lines) };
        return WorkloadWrites.Write("create-order", "POST", "/orders/create", body, answer =>
        {
            var order = new OrderModel(answer.GetProperty("order").GetProperty("id").GetInt64(), "pending") { Lines = lines };
            Reserve(lines);
            population.Orders.TryReplace(random, static finished => finished.IsFinal, order);
        });
    }

    public WorkloadOperation? ChangeStatus() => population.Orders.Draw(random, static order => !order.IsFinal) is { } order
        ? MoveTo(order, "order-status", $"/orders/{order.Id}/status", Forward[Array.IndexOf(Forward, order.Status) + 1])
        : null;

    public WorkloadOperation? ChangeDelivery()
    {
        if (population.Orders.Draw(random, static order => order.Status is "processing" or "shipped") is not { } order)
        {
            return null;
        }

        if (order.Status == "processing" && random.Next(4) == 0)
        {
            return WorkloadWrites.Write("delivery", "PUT", $"/orders/{order.Id}/delivery", new { status = "pending", tracking_number = TrackingNumber() });
        }

        var body = new { status = order.Status == "processing" ? "in_transit" : "delivered", tracking_number = TrackingNumber() };
        var next = order.Status == "processing" ? "shipped" : "completed";
        return WorkloadWrites.Write("delivery", "PUT", $"/orders/{order.Id}/delivery", body, _ => Move(order, next));
    }

    public WorkloadOperation? ChangeItems()
    {
        var lines = DrawLines();
        return lines.Count > 0 && population.Orders.Draw(random, static order => order.Status == "pending") is { } order
            ? WorkloadWrites.Write("order-items", "PUT", $"/orders/{order.Id}/items", new { items = ItemsOf(lines) }, _ =>
            {
                order.Lines = lines;
                Reserve(lines);
            })
            : null;
    }

    public WorkloadOperation? Cancel() =>
        population.Orders.Draw(random, static order => order is { HasPayments: false, Status: "pending" or "confirmed" or "processing" }) is { } order
            ? WorkloadWrites.Write(
                "cancel", "POST", $"/orders/{order.Id}/cancel", new { reason = $"Reason {random.Next(1000)}" }, _ => order.Status = "cancelled")
            : null;

    private static WorkloadOperation MoveTo(OrderModel order, string kind, string target, string status) =>
        WorkloadWrites.Write(kind, "PUT", target, new { status }, _ => Move(order, status));

    private static void Move(OrderModel order, string status)
    {
        // Data that was loaded may have reserved less than its orders ask for; the rest then leaves from what was free.
        foreach (var line in status == "shipped" ? order.Lines : [])
        {
            line.Product.Stock.ForEach(stock => stock.AvailableAtLeast -= line.Quantity);
        }

        order.Status = status;
    }

    private static void Reserve(List<OrderLineModel> lines)
    {
        foreach (var line in lines)
        {
            line.Product.Stock.ForEach(stock =>
            {
                stock.AvailableAtLeast -= line.Quantity;
                stock.ReservedAtMost += line.Quantity;
            });
        }
    }

    private static IEnumerable<Dictionary<string, long>> ItemsOf(List<OrderLineModel> lines) => lines.Select(line => new Dictionary<string, long> { ["product_id"] = line.Product.Id, ["quantity"] = line.Quantity });

    private List<OrderLineModel> DrawLines()
    {
        var lines = new List<OrderLineModel>();
        for (var count = 1 + random.Next(MaxLines); count > 0; count--)
        {
            var drawn = population.Products.Draw(random, product => product.HasPlenty && !lines.Exists(line => line.Product == product));
            if (drawn is not null)
            {
                lines.Add(new OrderLineModel(drawn, 1 + random.Next(MaxQuantity)));
            }
        }

        return lines;
    }

    private string TrackingNumber() => $"TN{random.Next(1_000_000)}";
}
