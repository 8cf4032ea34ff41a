using System.Net;
using Erp.Tests.Writes;

namespace Erp.Tests.Orders;

public sealed class CreateOrderTests(WritesTemplates templates)
{
    private const string OneLamp = """{"customer_id":1,"items":[{"product_id":1,"quantity":1}]}""";

    [Theory, InlineData(Db.Sqlite), InlineData(Db.PostgreSql)]
    public async Task Create_ValidOrder_AnswersItsQuickFormAndWhereItIs(Db database)
    {
        await using var host = await WritesHost.StartAsync(templates, database);

        var answer = await host.PostAsync(
            "/orders/create",
            """{"customer_id":1,"salesperson_id":1,"items":[{"product_id":1,"quantity":2},{"product_id":2,"quantity":1}],"notes":"Ring twice"}""");

        answer.Expect(HttpStatusCode.Created);
        Assert.Equal(
            """{"success":true,"order":{"id":1,"order_number":"SO1","order_date":"2025-06-02T10:30:00Z","status":"pending","total_amount":182.00,"customer":{"id":1,"name":"Ana Müller"},"items_count":2,"is_paid":false,"is_delivered":false}}""",
            answer.Text);
        Assert.Equal("application/json", answer.MediaType);
        Assert.Equal("/api/mobile/orders/1/quick", answer.Headers["Location"]);
    }

    [Theory, InlineData(Db.Sqlite), InlineData(Db.PostgreSql)]
    public async Task Create_ValidOrder_StoresWhatItAnswers(Db database)
    {
        await using var host = await WritesHost.StartAsync(templates, database);

        await host.PostAsync(
            "/orders/create",
            """{"customer_id":1,"salesperson_id":1,"items":[{"product_id":1,"quantity":2},{"product_id":2,"quantity":1}],"notes":"Ring twice"}""");

        var order = await host.ValueAsync<(long Customer, long Salesperson, long Branch, string Status, decimal Subtotal, decimal Total)>(
            "SELECT customer_id, salesperson_id, branch_id, status, subtotal, total FROM orders WHERE id = 1");
        Assert.Equal((1, 1, 2, "pending", 182m, 182m), order);
        var more = await host.ValueAsync<(string Currency, string Notes, DateTimeOffset At)>("SELECT currency, notes, ordered_at FROM orders WHERE id = 1");
        Assert.Equal(("EUR", "Ring twice", host.Clock.GetUtcNow()), more);
        var items = await host.RowsAsync<(long Product, long Quantity, decimal Price, decimal Discount, decimal Total)>(
            "SELECT product_id, quantity, unit_price, discount_percent, line_total FROM order_items ORDER BY id");
        Assert.Equal([(1, 2, 10m, 0m, 20m), (2, 1, 180m, 10m, 162m)], items);
        Assert.Equal("1:5/2 2:3/0", await host.StockAsync(WritesData.Lamp));
        Assert.Equal("1:100/1", await host.StockAsync(WritesData.Desk));
    }

    [Theory, InlineData(Db.Sqlite), InlineData(Db.PostgreSql)]
    public async Task Create_ValidOrder_IsWhatTheViewAtItsLocationShows(Db database)
    {
        await using var host = await WritesHost.StartAsync(templates, database);
        var answer = await host.PostAsync(
            "/orders/create", """{"customer_id":1,"items":[{"product_id":1,"quantity":2},{"product_id":2,"quantity":1}]}""");

        using var request = new HttpRequestMessage(HttpMethod.Get, answer.Headers["Location"]);
        var view = await host.SendAsync(request);

        Assert.Equal(answer.Body.GetProperty("order").GetRawText(), view.Expect(HttpStatusCode.OK).Data.GetRawText());
    }

    [Theory, InlineData(Db.Sqlite), InlineData(Db.PostgreSql)]
    public async Task Create_OnePieceOfEveryProduct_CostsWhatTheProductViewsShow(Db database)
    {
        await using var host = await WritesHost.StartAsync(templates, database);
        await host.ValueAsync<long>(
            "UPDATE pricelists SET discount_percent = @ten WHERE is_default RETURNING 1", new { ten = 10m });
        foreach (var (product, expected) in ((long, string)[])[(WritesData.Lamp, "9.00"), (WritesData.Desk, "162.00"), (WritesData.LastPiece, "45.00")])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"{WritesHost.Prefix}/products/{product}");
            var view = await host.SendAsync(request);
            var order = await host.PostAsync(
                "/orders/create", $$"""{"customer_id":1,"items":[{"product_id":{{product}},"quantity":1}]}""");

            Assert.Equal(expected, view.Expect(HttpStatusCode.OK).Data.GetProperty("final_price").GetRawText());
            Assert.Equal(expected, order.Expect(HttpStatusCode.Created).Body.GetProperty("order").GetProperty("total_amount").GetRawText());
        }
    }

    [Theory, InlineData(Db.Sqlite), InlineData(Db.PostgreSql)]
    public async Task Create_DefaultListNotInForce_CostsTheListPriceInTheConfiguredCurrency(Db database)
    {
        await using var host = await WritesHost.StartAsync(templates, database, ("Erp:Currency", "CHF"));
        await host.ValueAsync<long>(
            "UPDATE pricelists SET valid_to = @before WHERE is_default RETURNING 1", new { before = host.Clock.GetUtcNow().AddDays(-1) });

        await host.OrderAsync(WritesData.Desk, 1);

        Assert.Equal((199.99m, "CHF"), await host.ValueAsync<(decimal, string)>("SELECT total, currency FROM orders"));
    }

    [Theory, InlineData(Db.Sqlite), InlineData(Db.PostgreSql)]
    public async Task Create_MoreThanOneWarehouseHas_ReservesWhereMostIsAvailableFirst(Db database)
    {
        await using var host = await WritesHost.StartAsync(templates, database);

        await host.OrderAsync(WritesData.Lamp, 7);

        Assert.Equal("1:5/5 2:3/2", await host.StockAsync(WritesData.Lamp));
    }

    [Theory, InlineData(Db.Sqlite), InlineData(Db.PostgreSql)]
    public async Task Create_QuantityThatReachesABetterPrice_UsesIt(Db database)
    {
        await using var host = await WritesHost.StartAsync(templates, database);

        await host.OrderAsync(WritesData.Desk, 9);
        await host.OrderAsync(WritesData.Desk, 10);

        Assert.Equal([1458m, 1500m], await host.RowsAsync<decimal>("SELECT total FROM orders ORDER BY id"));
    }

    [Theory, InlineData(Db.Sqlite), InlineData(Db.PostgreSql)]
    public async Task Create_HalfACent_RoundsAwayFromZero(Db database)
    {
        await using var host = await WritesHost.StartAsync(templates, database);

        await host.OrderAsync(WritesData.Screw, 3);

        Assert.Equal(1.01m, await host.ValueAsync<decimal>("SELECT total FROM orders"));
        Assert.Equal(0.335m, await host.ValueAsync<decimal>("SELECT unit_price FROM order_items"));
    }

    [Theory, InlineData(Db.Sqlite), InlineData(Db.PostgreSql)]
    public async Task Create_TaxAndShippingConfigured_AddsThemExactly(Db database)
    {
        await using var host = await WritesHost.StartAsync(templates, database, ("Erp:TaxPercent", "7.5"), ("Erp:ShippingFee", "9.90"));

        await host.OrderAsync(WritesData.Screw, 3);

        var sums = await host.ValueAsync<(decimal Subtotal, decimal Tax, decimal Shipping, decimal Total)>(
            "SELECT subtotal, tax_amount, shipping_amount, total FROM orders");
        Assert.Equal((1.01m, 0.08m, 9.90m, 10.99m), sums);
    }

    [Theory, InlineData(Db.Sqlite), InlineData(Db.PostgreSql)]
    public async Task Create_BothPrefixes_TakeOrders(Db database)
    {
        await using var host = await WritesHost.StartAsync(templates, database);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/bff/mobile/orders/create")
        {
            Content = new StringContent(OneLamp, System.Text.Encoding.UTF8, "application/json"),
        };

        var answer = await host.SendAsync(request);

        answer.Expect(HttpStatusCode.Created);
        Assert.Equal("/api/bff/mobile/orders/1/quick", answer.Headers["Location"]);
    }

    [Theory, InlineData(Db.Sqlite), InlineData(Db.PostgreSql)]
    public async Task Create_UnknownIds_Is404AndNamesAllOfThem(Db database)
    {
        await using var host = await WritesHost.StartAsync(templates, database);

        var answer = await host.RefusedAsync(
            HttpStatusCode.NotFound,
            HttpMethod.Post,
            "/orders/create",
            """{"customer_id":999999,"salesperson_id":888888,"items":[{"product_id":1,"quantity":1},{"product_id":777777,"quantity":1}]}""");

        Assert.Equal("Customer 999999 does not exist.", answer.ErrorsOf("customer_id"));
        Assert.Equal("Salesperson 888888 does not exist.", answer.ErrorsOf("salesperson_id"));
        Assert.Equal("Product 777777 does not exist.", answer.ErrorsOf("items[1].product_id"));
    }

    [Theory, InlineData(Db.Sqlite), InlineData(Db.PostgreSql)]
    public async Task Create_WhatIsInactive_Is409AndNamed(Db database)
    {
        await using var host = await WritesHost.StartAsync(templates, database);

        var customer = await host.RefusedAsync(
            HttpStatusCode.Conflict, HttpMethod.Post, "/orders/create",
            """{"customer_id":2,"salesperson_id":2,"items":[{"product_id":1,"quantity":1}]}""");
        var product = await host.RefusedAsync(
            HttpStatusCode.Conflict, HttpMethod.Post, "/orders/create", """{"customer_id":1,"items":[{"product_id":4,"quantity":1}]}""");

        Assert.Equal("Customer 2 is not active.", customer.ErrorsOf("customer_id"));
        Assert.Equal("Salesperson 2 is not active.", customer.ErrorsOf("salesperson_id"));
        Assert.Equal("Product 4 is not active.", product.ErrorsOf("items[0].product_id"));
    }

    [Theory, InlineData(Db.Sqlite), InlineData(Db.PostgreSql)]
    public async Task Create_MoreThanIsAvailable_Is409WithProductAskedAndAvailable(Db database)
    {
        await using var host = await WritesHost.StartAsync(templates, database);
        await host.OrderAsync(WritesData.Lamp, 2);

        var answer = await host.RefusedAsync(
            HttpStatusCode.Conflict, HttpMethod.Post, "/orders/create",
            """{"customer_id":1,"items":[{"product_id":2,"quantity":1},{"product_id":1,"quantity":7},{"product_id":5,"quantity":1}]}""");

        Assert.Equal("7 of product 1 are asked for and 6 are available.", answer.ErrorsOf("items[1].quantity"));
        Assert.Equal(
            """[{"product_id":1,"asked":7,"available":6},{"product_id":5,"asked":1,"available":0}]""",
            answer.Body.GetProperty("shortages").GetRawText());
    }

    [Theory, InlineData(Db.Sqlite), InlineData(Db.PostgreSql)]
    public async Task Create_TwentyOrdersForTheLastPieceAtOnce_OneSucceeds(Db database)
    {
        await using var host = await WritesHost.StartAsync(templates, database);

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => host.PostAsync(
            "/orders/create", """{"customer_id":1,"items":[{"product_id":3,"quantity":1}]}""")));

        Assert.Single(answers, answer => answer.Status == HttpStatusCode.Created);
        Assert.Equal(19, answers.Count(answer => answer.Status == HttpStatusCode.Conflict));
        Assert.Equal("2:1/1", await host.StockAsync(WritesData.LastPiece));
        Assert.Equal(1, await host.ValueAsync<long>("SELECT count(*) FROM orders"));
    }

    [Theory, InlineData(Db.Sqlite), InlineData(Db.PostgreSql)]
    public async Task Create_OrdersThatShareProductsInOppositeOrder_AllSucceed(Db database)
    {
        await using var host = await WritesHost.StartAsync(templates, database);

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => host.PostAsync(
            "/orders/create",
            i % 2 == 0
                ? """{"customer_id":1,"items":[{"product_id":2,"quantity":1},{"product_id":6,"quantity":1}]}"""
                : """{"customer_id":3,"items":[{"product_id":6,"quantity":1},{"product_id":2,"quantity":1}]}""")));

        Assert.All(answers, answer => answer.Expect(HttpStatusCode.Created));
        Assert.Equal(20, answers.Select(answer => answer.Body.GetProperty("order").GetProperty("order_number").GetString()).Distinct().Count());
        Assert.Equal("1:100/20", await host.StockAsync(WritesData.Desk));
        Assert.Equal("2:1000/20", await host.StockAsync(WritesData.Screw));
    }
}
