using Erp.Tests.Views;

namespace Erp.Tests.Salespeople;

/// <summary>The figures of a dashboard, worked out from the tables.</summary>
internal sealed class ExpectedDashboard(RawData raw, long salespersonId, DateOnly day, int days)
{
    private readonly RawOrder[] _all = [.. raw.Orders.Where(order => order.SalespersonId == salespersonId)];

    public DateOnly FirstDay { get; } = day.AddDays(1 - days);

    private RawOrder[] Placed => [.. _all.Where(order => IsInPeriod(order.Day))];

    private RawOrder[] Sales => [.. Placed.Where(order => order.IsSale)];

    public void AssertOverview(ViewAnswer answer)
    {
        var value = Sales.Sum(order => order.Total);
        Assert.Equal((Sales.Length, value), (answer.Number("sales_overview.total_orders"), answer.Money("sales_overview.total_value")));
        Assert.Equal(
            Sales.Length == 0 ? null : decimal.Round(value / Sales.Length, 2, MidpointRounding.AwayFromZero),
            answer.MoneyOrNull("sales_overview.average_order_value"));
        foreach (var status in new[] { "pending", "confirmed", "processing", "shipped", "completed", "cancelled" })
        {
            var count = Placed.Count(order => order.Status == status);
            Assert.Equal(count, answer.Number($"sales_overview.status_breakdown.{status}"));
            if (status is "pending" or "confirmed" or "completed")
                Assert.Equal(count, answer.Number($"sales_overview.{status}_orders"));
        }
    }

    public void AssertOrders(ViewAnswer answer)
    {
        Assert.Equal(
            _all.OrderByDescending(order => order.OrderedAt).ThenByDescending(order => order.Id).Take(10).Select(order => order.Id), answer.Ids("recent_orders"));
        var pending = _all.Where(order => order.Status == "pending").OrderBy(order => order.OrderedAt).ThenBy(order => order.Id).ToArray();
        Assert.Equal(pending.Take(10).Select(order => order.Id), answer.Ids("pending_orders.items"));
        Assert.Equal(pending.Take(10).Select(order => (long)(day.DayNumber - order.Day.DayNumber)), answer.Ids("pending_orders.items", "days_pending"));
        Assert.Equal((pending.Length, pending.Sum(order => order.Total)), (answer.Number("pending_orders.count"), answer.Money("pending_orders.total_value")));
    }

    public void AssertTops(ViewAnswer answer)
    {
        var customers = Sales.GroupBy(order => order.CustomerId).Select(group => (Id: group.Key, Count: group.Count(), Value: group.Sum(order => order.Total))).ToArray();
        Assert.Equal(
            customers.OrderByDescending(one => one.Value).ThenByDescending(one => one.Count).ThenBy(one => one.Id).Take(5).Select(one => $"{one.Id} {one.Count} {one.Value:0.00}"),
            answer.List("top_customers.items").Select(one => $"{one.GetProperty("id")} {one.GetProperty("order_count")} {one.GetProperty("total_value")}"));
        Assert.Equal(customers.Length, answer.Number("top_customers.count"));

        var products = Sales.SelectMany(order => raw.ItemsByOrder[order.Id]).GroupBy(item => item.ProductId)
            .Select(group => (Id: group.Key, Quantity: group.Sum(item => item.Quantity), Value: group.Sum(item => item.LineTotal))).ToArray();
        Assert.Equal(
            products.OrderByDescending(one => one.Quantity).ThenByDescending(one => one.Value).ThenBy(one => one.Id).Take(5).Select(one => $"{one.Id} {one.Quantity} {one.Value:0.00}"),
            answer.List("top_products.items").Select(one => $"{one.GetProperty("id")} {one.GetProperty("quantity_sold")} {one.GetProperty("total_value")}"));
        Assert.Equal(products.Length, answer.Number("top_products.count"));
    }

    public void AssertCollection(ViewAnswer answer)
    {
        var mine = _all.Select(order => order.Id).ToHashSet();
        var invoices = raw.Invoices.Where(invoice => mine.Contains(invoice.OrderId) && IsInPeriod(invoice.IssueDay) && invoice.Status != "cancelled").ToArray();
        var (invoiced, collected) = (invoices.Sum(invoice => invoice.Total), invoices.Sum(raw.PaidOn));
        Assert.Equal(
            (invoices.Length, invoiced, collected, invoiced - collected),
            (answer.Number("payment_collection.invoice_count"), answer.Money("payment_collection.total_invoiced"),
                answer.Money("payment_collection.total_collected"), answer.Money("payment_collection.outstanding")));
        Assert.Equal(
            invoiced == 0 ? null : decimal.Round(collected / invoiced * 100, 2, MidpointRounding.AwayFromZero), answer.MoneyOrNull("payment_collection.collection_rate"));

        var assigned = raw.Customers.Where(customer => customer.SalespersonId == salespersonId).ToArray();
        Assert.Equal(assigned.Length, answer.Number("customer_stats.total_customers"));
        Assert.Equal(
            assigned.Count(customer => raw.OrdersByCustomer[customer.Id].Any(order => order.IsSale && IsInPeriod(order.Day))), answer.Number("customer_stats.active_customers"));
    }

    private bool IsInPeriod(DateOnly date) => date >= FirstDay && date <= day;
}
