using System.Net;
using Erp.Tests.Writes;

namespace Erp.Tests.Inventory;

public sealed class RecordMovementTests(WritesTemplates templates)
{
    private const string Path = "/inventory/movements/record";

    [Theory, InlineData(Db.Sqlite), InlineData(Db.PostgreSql)]
    public async Task Record_InOutAndAdjustment_AddRemoveAndSet(Db database)
    {
        await using var host = await WritesHost.StartAsync(templates, database);
        (string Type, int Quantity, int After)[] movements = [("IN", 4, 9), ("OUT", 2, 7), ("ADJUSTMENT", 3, 3), ("ADJUSTMENT", 0, 0)];
        foreach (var (i, (type, quantity, after)) in movements.Index())
        {
            var answer = await host.PostAsync(Path, Movement(type, quantity));
            Assert.Equal(
                $$"""{"movement_id":{{i + 1}},"product_id":1,"new_quantity":{{after}}}""", answer.Expect(HttpStatusCode.OK).Data.GetRawText());
            Assert.Equal($"1:{after}/0 2:3/0", await host.StockAsync(WritesData.Lamp));
        }
        Assert.Equal(
            [("IN", 4L, 9L), ("OUT", 2, 7), ("ADJUSTMENT", 3, 3), ("ADJUSTMENT", 0, 0)],
            await host.RowsAsync<(string, long, long)>("SELECT movement_type, quantity, new_quantity FROM inventory_movements ORDER BY id"));
    }

    [Theory, InlineData(Db.Sqlite), InlineData(Db.PostgreSql)]
    public async Task Record_WithReferenceAndNotes_KeepsThem(Db database)
    {
        await using var host = await WritesHost.StartAsync(templates, database);

        await host.PostAsync(
            Path, """{"product_id":1,"warehouse_id":1,"movement_type":"IN","quantity":1,"reference":"PO-7","notes":"Two cartons"}""");

        Assert.Equal(("PO-7", "Two cartons"), await host.ValueAsync<(string, string)>("SELECT reference, notes FROM inventory_movements"));
    }

    [Theory, InlineData(Db.Sqlite), InlineData(Db.PostgreSql)]
    public async Task Record_FirstOfAProductInAWarehouse_MakesItsRow(Db database)
    {
        await using var host = await WritesHost.StartAsync(templates, database);

        await host.RefusedAsync(
            HttpStatusCode.Conflict, HttpMethod.Post, Path, """{"product_id":5,"warehouse_id":2,"movement_type":"OUT","quantity":1}""");
        await host.PostAsync(Path, """{"product_id":5,"warehouse_id":2,"movement_type":"IN","quantity":6}""");

        Assert.Equal("2:6/0", await host.StockAsync(WritesData.Unstocked));
    }

    [Theory, InlineData(Db.Sqlite), InlineData(Db.PostgreSql)]
    public async Task Record_BelowWhatIsReserved_Is409WithTheFigures(Db database)
    {
        await using var host = await WritesHost.StartAsync(templates, database);
        await host.OrderAsync(WritesData.Lamp, 3);

        var taken = await host.RefusedAsync(HttpStatusCode.Conflict, HttpMethod.Post, Path, Movement("OUT", 3));
        var counted = await host.RefusedAsync(HttpStatusCode.Conflict, HttpMethod.Post, Path, Movement("ADJUSTMENT", 2));
        (await host.PostAsync(Path, Movement("OUT", 2))).Expect(HttpStatusCode.OK);
        (await host.PostAsync(Path, Movement("ADJUSTMENT", 3))).Expect(HttpStatusCode.OK);

        Assert.Equal(
            (5, 3, 2),
            (taken.Body.GetProperty("on_hand").GetInt32(), taken.Body.GetProperty("reserved").GetInt32(), taken.Body.GetProperty("available").GetInt32()));
        Assert.Contains("would be left with 2", counted.Detail, StringComparison.Ordinal);
    }

    [Theory, InlineData(Db.Sqlite), InlineData(Db.PostgreSql)]
    public async Task Record_ManyAtOnceOnARowThatIsNew_LosesNone(Db database)
    {
        await using var host = await WritesHost.StartAsync(templates, database);

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => host.PostAsync(
            Path, """{"product_id":5,"warehouse_id":1,"movement_type":"IN","quantity":1}""")));

        Assert.All(answers, answer => answer.Expect(HttpStatusCode.OK));
        Assert.Equal("1:20/0", await host.StockAsync(WritesData.Unstocked));
        Assert.Equal(Enumerable.Range(1, 20), answers.Select(answer => answer.Data.GetProperty("new_quantity").GetInt32()).Order());
    }

    private static string Movement(string type, int quantity) =>
        $$"""{"product_id":1,"warehouse_id":1,"movement_type":"{{type}}","quantity":{{quantity}}}""";
}
