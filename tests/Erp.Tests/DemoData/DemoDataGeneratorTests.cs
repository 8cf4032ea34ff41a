using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Erp.DemoData;

namespace Erp.Tests.DemoData;

public sealed class DemoDataGeneratorTests
{
    private static readonly DateOnly Day = ErpTestDatabase.DemoDay;

    [Fact]
    public void Generate_SameDay_GivesTheSameData() =>
        Assert.Equal(Fingerprint(DemoDataGenerator.Generate(Day)), Fingerprint(DemoDataGenerator.Generate(Day)));

    [Fact]
    public void Generate_AnotherDay_GivesOtherData() =>
        Assert.NotEqual(Fingerprint(DemoDataGenerator.Generate(Day)), Fingerprint(DemoDataGenerator.Generate(Day.AddDays(1))));

    [Theory]
    [InlineData(2028, 2, 29)]
    [InlineData(2027, 1, 1)]
    [InlineData(2026, 11, 22)]
    public void Generate_AnyDay_EndsOnItAndHasTheFullNumberOfOrders(int year, int month, int day)
    {
        var content = DemoDataGenerator.Generate(new DateOnly(year, month, day));

        Assert.Equal(DemoNumbers.Orders, content.Orders.Count);
        Assert.All(content.Orders, order => Assert.InRange(order.OrderedAt, content.Beginning, content.End));
        Assert.All(content.Payments, payment => Assert.True(payment.PaidAt <= content.End));
        Assert.All(content.Deliveries, delivery => Assert.False(delivery.DeliveredAt > content.End));
        Assert.Contains(content.Orders, order => order.OrderedAt < content.Beginning.AddDays(7));
    }

    [Fact]
    public void Generate_EveryOrder_ComesAfterItsCustomerAndProducts()
    {
        var content = DemoDataGenerator.Generate(Day);

        Assert.All(content.Orders, order => Assert.True(order.Customer.CreatedAt < order.OrderedAt));
        Assert.All(content.OrderItems, item =>
            Assert.True(content.Products[(int)item.ProductId - 1].CreatedAt < content.Orders[(int)item.OrderId - 1].OrderedAt));
    }

    private static string Fingerprint(DemoContent content)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var rows = content.Branches.Concat(content.Warehouses).Concat(content.Categories).Concat(content.Products.Select(row => row.Values()))
            .Concat(content.Inventory.Select(row => row.Values())).Concat(content.InventoryMovements).Concat(content.Pricelists)
            .Concat(content.ProductPrices).Concat(content.ProductImages).Concat(content.Salespeople)
            .Concat(content.Customers.Select((row, i) => row.Values(content.CreditLimits[i]))).Concat(content.CustomerAddresses)
            .Concat(content.ProductReviews).Concat(content.Orders.Select(row => row.Values())).Concat(content.OrderItems.Select(row => row.Values()))
            .Concat(content.Invoices.Select(row => row.Values())).Concat(content.Payments.Select(row => row.Values()))
            .Concat(content.Deliveries.Select(row => row.Values())).Concat(content.Promotions).Concat(content.CartItems);
        foreach (var row in rows)
            hash.AppendData(Encoding.UTF8.GetBytes(string.Join('|', row.Select(value => Convert.ToString(value, CultureInfo.InvariantCulture)))));
        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
