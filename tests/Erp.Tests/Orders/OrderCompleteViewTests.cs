using Erp.Tests.Views;

namespace Erp.Tests.Orders;

public sealed class OrderCompleteViewTests
{
    private const string Shape =
        "order{id,order_number,order_date,status,total_amount,discount_amount,tax_amount,net_amount,notes,salesperson{id,name,phone},created_at,updated_at},"
        + "customer{id,name,phone,email,address{label,line1,line2,city,state,postal_code,country}},"
        + "items{list[{id,product_id,product_name,product_sku,quantity,unit_price,discount_percentage,discount_amount,line_total,delivered_quantity}],count,total_value},"
        + "payment{has_invoice,invoice_id,invoice_number,invoice_date,due_date,total_amount,paid_amount,balance,is_fully_paid,status,"
        + "payments[{id,receipt_number,amount,payment_date,payment_method,reference}]},"
        + "delivery{has_delivery,is_delivered,status,tracking_number,expected_delivery_date,actual_delivery_date},"
        + "summary{status,created_at,total_amount,is_paid,is_delivered,collection_rate,days_pending}";

    [Theory, BothDatabases]
    public async Task Get_OfAnOrder_HasTheMembersOfTheRequirements(TestDatabaseKind kind)
    {
        await using var erp = await ErpViewHost.StartAsync(kind, TestContent.AdventureWorks);

        var answer = await erp.GetAsync("/orders/43793/complete?as_of=2019-06-30");

        Assert.Equal(Shape, JsonShape.Of(answer.Data));
        Assert.Equal(6, answer.Metadata.GetProperty("data_sources").GetInt32());
        // The facts: 3399.99 for product 771, with 272.00 tax and 85.00 freight.
        Assert.Equal((3756.99m, 3399.99m, 272m), (answer.Money("order.total_amount"), answer.Money("order.net_amount"), answer.Money("order.tax_amount")));
        Assert.Equal([771], answer.Ids("items.list", "product_id"));
    }

    [Theory, BothDatabases]
    public async Task Get_OfTheLargestOrder_HasTheFigureOfTheFacts(TestDatabaseKind kind)
    {
        await using var erp = await ErpViewHost.StartAsync(kind, TestContent.AdventureWorks);

        var answer = await erp.GetAsync("/orders/43875/complete?as_of=2019-06-30");

        Assert.Equal(137343.26m, answer.Money("order.total_amount"));
        Assert.Equal("Tread Industries", answer.Word("customer.name"));
        Assert.Equal(21, answer.Number("items.count"));
    }

    [Theory, BothDatabases]
    public async Task Get_OfOrdersOfEveryStatus_AgreesWithTheTables(TestDatabaseKind kind)
    {
        await using var erp = await ErpViewHost.StartAsync(kind, TestContent.Demo);
        var raw = await RawData.OfAsync(TestContent.Demo);
        var chosen = raw.Orders.GroupBy(order => order.Status).SelectMany(group => group.Take(3).Concat(group.TakeLast(3))).ToArray();
        Assert.Equal(6, chosen.Select(order => order.Status).Distinct().Count());

        foreach (var order in chosen)
        {
            var answer = await erp.GetAsync($"/orders/{order.Id}/complete?as_of=2026-03-18");
            Assert.Equal(order.Subtotal - order.DiscountAmount, answer.Money("order.net_amount"));
            Assert.Equal(order.CustomerId, answer.Number("customer.id"));
            Assert.Equal(raw.ItemsByOrder[order.Id].Sum(item => item.LineTotal), answer.Money("items.total_value"));
            Assert.Equal(raw.ItemsByOrder[order.Id].Select(item => item.Id).Order(), answer.Ids("items.list"));
            AssertPayment(answer, raw, order);
            var delivery = raw.DeliveriesByOrder[order.Id].LastOrDefault();
            Assert.Equal((delivery is not null, delivery?.Status == "delivered"), (answer.Flag("delivery.has_delivery"), answer.Flag("delivery.is_delivered")));
            Assert.Equal(answer.Flag("delivery.is_delivered"), answer.Flag("summary.is_delivered"));
            int? waiting = order.Status is "pending" or "confirmed" or "processing" ? ErpTestDatabase.DemoDay.DayNumber - order.Day.DayNumber : null;
            Assert.Equal(waiting, answer.MoneyOrNull("summary.days_pending"));
        }
    }

    [Theory, BothDatabases]
    public async Task Get_OfAPendingOrder_HasNoInvoiceAndNoRate(TestDatabaseKind kind)
    {
        await using var erp = await ErpViewHost.StartAsync(kind, TestContent.AdventureWorks);

        var answer = await erp.GetAsync("/orders/74147/complete?as_of=2019-07-04");

        Assert.Equal(
            """{"has_invoice":false,"invoice_id":null,"invoice_number":null,"invoice_date":null,"due_date":null,"total_amount":null,"paid_amount":null,"balance":null,"is_fully_paid":false,"status":null,"payments":[]}""",
            answer.At("payment").GetRawText());
        Assert.Equal(
            """{"has_delivery":false,"is_delivered":false,"status":null,"tracking_number":null,"expected_delivery_date":null,"actual_delivery_date":null}""",
            answer.At("delivery").GetRawText());
        Assert.Equal(
            """{"status":"pending","created_at":"2019-06-30T00:00:00Z","total_amount":703.84,"is_paid":false,"is_delivered":false,"collection_rate":null,"days_pending":4}""",
            answer.At("summary").GetRawText());
    }

    [Theory, BothDatabases]
    public async Task Get_BeforeTheOrdersDay_HasWaitedForNoDay(TestDatabaseKind kind)
    {
        await using var erp = await ErpViewHost.StartAsync(kind, TestContent.AdventureWorks);

        Assert.Equal(0, (await erp.GetAsync("/orders/74147/complete?as_of=2019-06-29")).Number("summary.days_pending"));
    }

    [Theory, BothDatabases]
    public async Task Get_OfAnOrderWhoseInvoiceWasCancelled_SpeaksOfTheNewOne(TestDatabaseKind kind)
    {
        await using var own = await ErpTestDatabase.CreateAsync(kind, TestContent.Demo);
        var raw = await RawData.OfAsync(TestContent.Demo);
        var first = raw.Invoices.First(invoice => invoice.Status == "pending" && !raw.PaymentsByInvoice[invoice.Id].Any());
        var day = new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);
        await own.ExecuteAsync("UPDATE invoices SET status = 'cancelled' WHERE id = @Id", new { first.Id });
        await using var erp = await ErpViewHost.StartAsync(own.Database);
        var cancelled = await erp.GetAsync($"/orders/{first.OrderId}/complete");
        await own.ExecuteAsync(
            "INSERT INTO invoices (id, invoice_number, order_id, customer_id, issued_at, due_at, total, status) VALUES (900001, 'INV-NEW', @OrderId, @CustomerId, @day, @day, @Total, 'pending')",
            new { first.OrderId, first.CustomerId, day, first.Total });
        await using var later = await ErpViewHost.StartAsync(own.Database);

        var renewed = await later.GetAsync($"/orders/{first.OrderId}/complete");

        Assert.False(cancelled.Flag("payment.has_invoice"));
        Assert.Equal((900001, "INV-NEW", "2026-03-01T08:00:00Z"), (renewed.Number("payment.invoice_id"), renewed.Word("payment.invoice_number"), renewed.Word("payment.invoice_date")));
        Assert.Equal(0m, renewed.Money("summary.collection_rate"));
    }

    [Theory, BothDatabases]
    public async Task Get_WithoutPaymentAndDelivery_StillSumsThemUp(TestDatabaseKind kind)
    {
        await using var erp = await ErpViewHost.StartAsync(kind, TestContent.AdventureWorks);

        var all = await erp.GetAsync("/orders/43793/complete?as_of=2019-06-30");
        var some = await erp.GetAsync("/orders/43793/complete?as_of=2019-06-30&include_payment=false&include_delivery=false&include_items=false");
        var again = await erp.GetAsync("/orders/43793/complete?as_of=2019-06-30");

        Assert.True(some.IsNull("payment") && some.IsNull("delivery") && some.IsNull("items"));
        Assert.Equal(all.At("summary").GetRawText(), some.At("summary").GetRawText());
        Assert.True(some.Flag("summary.is_paid") && some.Flag("summary.is_delivered"));
        Assert.Equal(100m, some.Money("summary.collection_rate"));
        Assert.Equal(all.DataText, again.DataText);
    }

    [Theory, BothDatabases]
    public async Task Get_WithoutTheTableOfDeliveries_LeavesOutWhatNeedsIt(TestDatabaseKind kind)
    {
        await using var own = await ErpTestDatabase.CreateAsync(kind, TestContent.Demo);
        await own.ExecuteAsync("DROP TABLE deliveries");
        await using var erp = await ErpViewHost.StartAsync(own.Database);

        var answer = await erp.GetAsync("/orders/1/complete");

        Assert.True(answer.IsNull("delivery") && answer.IsNull("summary"));
        Assert.Equal(["delivery error", "summary error"], answer.Errors);
        Assert.NotEmpty(answer.List("items.list"));
    }

    [Theory, BothDatabases]
    public async Task GetQuick_OfAnOrder_HasTheFlatMembersOfTheRequirements(TestDatabaseKind kind)
    {
        await using var erp = await ErpViewHost.StartAsync(kind, TestContent.AdventureWorks);

        var answer = await erp.GetAsync("/orders/57418/quick");

        Assert.Equal("id,order_number,order_date,status,total_amount,customer{id,name},items_count,is_paid,is_delivered", JsonShape.Of(answer.Data));
        Assert.Equal(("SO57418", 2807.82m, 5), (answer.Word("order_number"), answer.Money("total_amount"), answer.Number("items_count")));
        Assert.Equal("2018-11-04T00:00:00Z", answer.Word("order_date"));
    }

    [Theory]
    [InlineData("/orders/999999999/complete", 404)]
    [InlineData("/orders/999999999/quick", 404)]
    [InlineData("/orders/0/quick", 400)]
    [InlineData("/orders/1/complete?include_items=perhaps", 400)]
    public async Task Get_OfWhatIsNotThere_IsRefused(string path, int status)
    {
        await using var erp = await ErpViewHost.StartAsync(TestDatabaseKind.Sqlite, TestContent.Demo);

        Assert.Equal(status, (await erp.GetAsync(path)).Status);
    }

    private static void AssertPayment(ViewAnswer answer, RawData raw, RawOrder order)
    {
        var invoice = raw.InvoicesByOrder[order.Id].LastOrDefault(invoice => invoice.Status != "cancelled");
        Assert.Equal(invoice is not null, answer.Flag("payment.has_invoice"));
        if (invoice is null)
        {
            Assert.Null(answer.MoneyOrNull("summary.collection_rate"));
            return;
        }

        var paid = raw.PaidOn(invoice);
        Assert.Equal((invoice.Total, paid, invoice.Total - paid), (answer.Money("payment.total_amount"), answer.Money("payment.paid_amount"), answer.Money("payment.balance")));
        Assert.Equal((invoice.Status == "paid", invoice.Status == "paid"), (answer.Flag("payment.is_fully_paid"), answer.Flag("summary.is_paid")));
        Assert.Equal(raw.PaymentsByInvoice[invoice.Id].OrderBy(payment => payment.PaidAt).ThenBy(payment => payment.Id).Select(payment => payment.Id), answer.Ids("payment.payments"));
        Assert.Equal(decimal.Round(paid / invoice.Total * 100, 2, MidpointRounding.AwayFromZero), answer.Money("summary.collection_rate"));
    }
}
