using System.Net;
using Erp.Tests.Writes;

namespace Erp.Tests.Orders;

/// <summary>Random lives of orders: whatever is asked for, in whatever order, the books agree afterwards.</summary>
[Trait("Category", "Slow")]
public sealed class OrderLifeTests(WritesTemplates templates)
{
    private const int Kinds = 9;

    private static readonly HttpStatusCode[] Expected =
        [HttpStatusCode.OK, HttpStatusCode.Created, HttpStatusCode.Conflict, HttpStatusCode.NotFound];

    // An order that is processed is the one to which most can happen.
    private static readonly string[] Words =
        ["pending", "confirmed", "processing", "processing", "processing", "processing", "shipped", "completed", "cancelled"];

    private static readonly string[] DeliveryWords = ["pending", "in_transit", "delivered"];

    [Theory]
    [InlineData(Db.Sqlite, 1), InlineData(Db.Sqlite, 2), InlineData(Db.Sqlite, 3)]
    [InlineData(Db.PostgreSql, 1), InlineData(Db.PostgreSql, 2), InlineData(Db.PostgreSql, 3)]
    public async Task Writes_RandomSequence_KeepTheBooksRightAfterEveryStep(Db database, int seed)
    {
        await using var host = await WritesHost.StartAsync(templates, database);
        var random = new Random(seed);
        var done = new HashSet<int>();
        for (var step = 0; step < 200; step++)
        {
            var kind = random.Next(Kinds);
            var answer = await StepAsync(host, random, kind, latestOrder: await CountAsync(host, "orders"));
            Assert.Contains(answer.Status, Expected);
            if (answer.Status is HttpStatusCode.OK or HttpStatusCode.Created)
                done.Add(kind);
            await AssertBooksAsync(host);
        }
        Assert.Equal(Enumerable.Range(0, Kinds), done.Order());
    }

    [Theory]
    [InlineData(Db.Sqlite, 11), InlineData(Db.PostgreSql, 11), InlineData(Db.PostgreSql, 12)]
    public async Task Writes_RandomSequencesSideBySide_KeepTheBooksRight(Db database, int seed)
    {
        await using var host = await WritesHost.StartAsync(templates, database);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(async worker =>
        {
            var random = new Random(seed * 100 + worker);
            for (var step = 0; step < 40; step++)
                Assert.Contains((await StepAsync(host, random, random.Next(Kinds), latestOrder: 1 + step)).Status, Expected);
        }));

        await AssertBooksAsync(host);
        Assert.True(await host.ValueAsync<long>("SELECT count(*) FROM orders") > 20);
    }

    // The orders of late are the ones that something can still happen to.
    private static Task<WriteAnswer> StepAsync(WritesHost host, Random random, int kind, long latestOrder)
    {
        var order = Math.Max(1, latestOrder - random.Next(8));
        return kind switch
        {
            0 or 1 => host.PostAsync("/orders/create", $$"""{"customer_id":{{random.Next(2) * 2 + 1}},"items":[{{Items(random)}}]}"""),
            2 => host.PutAsync($"/orders/{order}/items", $$"""{"items":[{{Items(random)}}]}"""),
            3 => host.PutAsync($"/orders/{order}/status", $$"""{"status":"{{Words[random.Next(Words.Length)]}}"}"""),
            4 => host.PutAsync($"/orders/{order}/delivery", $$"""{"status":"{{DeliveryWords[random.Next(DeliveryWords.Length)]}}"}"""),
            5 => host.PostAsync($"/orders/{order}/cancel", """{"reason":"changed my mind"}"""),
            6 => Move(host, random, "IN", random.Next(1, 9)),
            7 => Move(host, random, "OUT", 1),
            _ => host.PostAsync(
                "/payments",
                $$"""{"customer_id":{{random.Next(2) * 2 + 1}},"invoice_id":{{random.Next(1, 7)}},"amount":{{random.Next(1, 20)}},"payment_method":"cash"}"""),
        };
    }

    private static Task<WriteAnswer> Move(WritesHost host, Random random, string type, int quantity) => host.PostAsync(
        "/inventory/movements/record",
        $$"""{"product_id":{{random.Next(1, 4)}},"warehouse_id":{{random.Next(1, 3)}},"movement_type":"{{type}}","quantity":{{quantity}}}""");

    private static string Items(Random random) => string.Join(',', Enumerable.Range(1, 3)
        .OrderBy(_ => random.Next())
        .Take(random.Next(1, 4))
        .Select(product => $$"""{"product_id":{{product}},"quantity":{{random.Next(1, 6)}}}"""));

    private static async Task AssertBooksAsync(WritesHost host)
    {
        Assert.Equal(0, await CountAsync(host, "inventory WHERE quantity_reserved < 0 OR quantity_reserved > quantity_on_hand"));

        // What is reserved is what the open orders wait for.
        Assert.Empty(await host.RowsAsync<long>("""
            SELECT p.id FROM products p
            WHERE (SELECT coalesce(sum(quantity_reserved), 0) FROM inventory WHERE product_id = p.id)
               <> (SELECT coalesce(sum(i.quantity), 0) FROM order_items i JOIN orders o ON o.id = i.order_id
                   WHERE i.product_id = p.id AND o.status IN ('pending', 'confirmed', 'processing'))
            """));

        // What is there is what was there at first and what moved since.
        Assert.Empty(await host.RowsAsync<long>("""
            SELECT s.product_id FROM inventory s
            WHERE s.quantity_on_hand <>
                (CASE WHEN s.product_id = 1 AND s.warehouse_id = 1 THEN 5 WHEN s.product_id = 1 THEN 3 WHEN s.product_id = 2 AND s.warehouse_id = 1 THEN 100
                      WHEN s.product_id = 3 AND s.warehouse_id = 2 THEN 1 WHEN s.product_id = 4 THEN 9 WHEN s.product_id = 6 THEN 1000 ELSE 0 END)
                + (SELECT coalesce(sum(CASE WHEN m.movement_type = 'IN' THEN m.quantity ELSE -m.quantity END), 0) FROM inventory_movements m
                   WHERE m.product_id = s.product_id AND m.warehouse_id = s.warehouse_id)
            """));

        Assert.Equal(0, await CountAsync(
            host, "orders o WHERE o.subtotal <> (SELECT sum(line_total) FROM order_items WHERE order_id = o.id) OR o.total <> o.subtotal"));
        Assert.Equal(0, await CountAsync(host, """
            orders o WHERE (o.status IN ('processing', 'shipped', 'completed'))
                <> EXISTS (SELECT 1 FROM invoices i WHERE i.order_id = o.id AND i.status <> 'cancelled' AND i.total = o.total)
            """));
        Assert.Equal(0, await CountAsync(host, """
            invoices i WHERE i.status <> CASE
                WHEN (SELECT status FROM orders WHERE id = i.order_id) = 'cancelled' THEN 'cancelled'
                WHEN NOT EXISTS (SELECT 1 FROM payments p WHERE p.invoice_id = i.id) THEN 'pending'
                WHEN (SELECT sum(amount) FROM payments p WHERE p.invoice_id = i.id) < i.total THEN 'partially_paid'
                WHEN (SELECT sum(amount) FROM payments p WHERE p.invoice_id = i.id) = i.total THEN 'paid'
                ELSE 'overpaid' END
            """));
        Assert.Equal(0, await CountAsync(host, """
            orders o WHERE (o.status = 'completed') <> EXISTS (SELECT 1 FROM deliveries d WHERE d.order_id = o.id AND d.status = 'delivered')
                OR (o.status = 'shipped') <> EXISTS (SELECT 1 FROM deliveries d WHERE d.order_id = o.id AND d.status = 'in_transit')
            """));
    }

    private static Task<long> CountAsync(WritesHost host, string from) => host.ValueAsync<long>($"SELECT count(*) FROM {from}");
}
