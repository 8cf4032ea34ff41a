using Erp.Database;

namespace Larder.Bench.Workload;

/// <summary>
/// Who and what the workload speaks of: all active products and salespeople; the 2,000 orders that are open or else the latest; their customers
/// and others up to 2,000; up to 2,000 invoices on which something is owed. Ranks of popularity are dealt at random, by the seed. The sizes
/// stay: a new order takes the rank of a finished one.
/// </summary>
internal sealed class Population
{
    private const int OrderCount = 2000;
    private const int CustomerCount = 2000;

    private Population(Random random, PopulationRows rows)
    {
        Rows = rows;
        var products = rows.Products.Select(row => new ProductModel(row.Id, row.ListPrice)).ToDictionary(product => product.Id);
        foreach (var row in rows.Stock.Where(row => products.ContainsKey(row.ProductId)))
        {
            products[row.ProductId].Stock.Add(new StockModel(row.WarehouseId, row.OnHand, row.Reserved));
        }

        var orders = OrdersOf(rows, products);
        var active = rows.Customers.ToHashSet();
        var customers = rows.Orders.Select(row => row.CustomerId).Where(active.Contains).Concat(rows.Customers).Distinct().Take(CustomerCount);
        Products = Dealt(random, products.Values);
        Customers = Dealt(random, customers.Select(id => new CustomerModel(id)));
        Salespeople = Dealt(random, rows.Salespeople.Select(id => new SalespersonModel(id)));
        Orders = Dealt(random, orders.Values);
        Invoices = Dealt(random, rows.Invoices.Select(row => new InvoiceModel(row.Id, row.CustomerId, orders.GetValueOrDefault(row.OrderId), row.Owed)));
    }

    public Popularity<ProductModel> Products { get; }

    public Popularity<CustomerModel> Customers { get; }

    public Popularity<SalespersonModel> Salespeople { get; }

    public Popularity<OrderModel> Orders { get; }

    public Popularity<InvoiceModel> Invoices { get; }

    /// <summary>The short lists, of which each member is as popular as the other.</summary>
    public PopulationRows Rows { get; }

    /// <summary>Reads through a connection of its own, past every cache.</summary>
    public static async Task<Population> ReadAsync(string connectionString, Random random)
    {
        await using var database = ErpDatabase.Open(connectionString, AppContext.BaseDirectory, TimeProvider.System);
        await using var connection = await database.DataSource.OpenConnectionAsync();
        return new Population(random, await PopulationRows.ReadAsync(connection, OrderCount));
    }

    private static Dictionary<long, OrderModel> OrdersOf(PopulationRows rows, Dictionary<long, ProductModel> products)
    {
        var orders = rows.Orders.Select(row => new OrderModel(row.Id, row.Status)).ToDictionary(order => order.Id);
        foreach (var line in rows.OpenLines)
        {
            if (orders.TryGetValue(line.OrderId, out var order) && products.TryGetValue(line.ProductId, out var product))
            {
                order.Lines.Add(new OrderLineModel(product, (int)line.Quantity));
            }
        }

        foreach (var order in rows.PaidOrders.Select(id => orders.GetValueOrDefault(id)).OfType<OrderModel>())
        {
            order.HasPayments = true;
        }

        return orders;
    }

    private static Popularity<T> Dealt<T>(Random random, IEnumerable<T> things)
        where T : class
    {
        var ranks = things.ToArray();
        random.Shuffle(ranks);
        return new Popularity<T>(ranks);
    }
}
