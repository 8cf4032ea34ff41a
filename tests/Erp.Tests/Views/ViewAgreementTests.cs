namespace Erp.Tests.Views;

/// <summary>SQLite and PostgreSQL answer alike, to the byte, and so do a miss and a hit.</summary>
[Trait("Category", "Slow")]
public sealed class ViewAgreementTests
{
    private static readonly string[] DemoPaths =
    [
        .. Enumerable.Range(1, 30).SelectMany(id => new[] { $"/products/{id}/complete", $"/products/{id}" }),
        .. Enumerable.Range(1, 40).SelectMany(id => new[]
        {
            $"/customers/{id}/complete", $"/customers/{id}/quick", $"/customers/{id}/financial",
            $"/customers/{id}/orders?limit=5", $"/customers/{id}/orders?status=cancelled",
        }),
        .. Enumerable.Range(0, 60).SelectMany(i => new[] { $"/orders/{1 + i * 500}/complete", $"/orders/{1 + i * 500}/quick" }),
        .. Enumerable.Range(1, 10).SelectMany(id => new[] { "today", "week", "month" }
            .Select(range => $"/salesperson/dashboard?salesperson_id={id}&date_range={range}")),
        "/home", "/home?customer_id=1", "/home?branch_id=2", "/home?customer_id=13&branch_id=1",
        .. Enumerable.Range(1, 20).Select(id => $"/checkout?customer_id={id}"), "/checkout?customer_id=3&branch_id=2",
    ];

    private static readonly string[] AdventureWorksPaths =
    [
        .. new[] { 1, 316, 514, 680, 707, 709, 782, 870, 935, 999 }.SelectMany(id => new[] { $"/products/{id}/complete", $"/products/{id}" }),
        .. new[] { 1, 11000, 11091, 11433, 29624, 29825 }.SelectMany(id => new[]
        {
            $"/customers/{id}/complete", $"/customers/{id}/quick", $"/customers/{id}/financial", $"/customers/{id}/orders?limit=100",
        }),
        .. new[] { 43659, 43793, 43875, 51522, 60000, 73858, 74074, 74141, 74147 }.SelectMany(id => new[] { $"/orders/{id}/complete", $"/orders/{id}/quick" }),
        .. Enumerable.Range(274, 17).Select(id => $"/salesperson/dashboard?salesperson_id={id}&date_range=month"),
        "/home", "/home?customer_id=11000", "/home?branch_id=7", "/home?as_of=2025-04-15", "/checkout?customer_id=11000",
    ];

    [Fact]
    public Task DemonstrationData_OnBothDatabases_GiveTheSameJson() => AssertAgreementAsync(TestContent.Demo, DemoPaths, ErpTestDatabase.DemoDay);

    [Fact]
    public Task AdventureWorks_OnBothDatabases_GiveTheSameJson() =>
        AssertAgreementAsync(TestContent.AdventureWorks, AdventureWorksPaths, ErpTestDatabase.AdventureWorksDay);

    private static async Task AssertAgreementAsync(TestContent content, string[] paths, DateOnly day)
    {
        await using var sqlite = await ErpViewHost.StartAsync(TestDatabaseKind.Sqlite, content);
        await using var postgres = await ErpViewHost.StartAsync(TestDatabaseKind.PostgreSql, content);
        foreach (var path in paths.Select(path => path.Contains("as_of") ? path : $"{path}{(path.Contains('?') ? '&' : '?')}as_of={day:yyyy-MM-dd}"))
        {
            var (miss, hit, other) = (await sqlite.GetAsync(path), await sqlite.GetAsync(path), await postgres.GetAsync(path));
            Assert.True(miss.Status == 200, $"{path}: {miss.Text}");
            Assert.Empty(miss.Errors);
            Assert.Equal((path, miss.DataText), (path, other.DataText));
            Assert.Equal(miss.DataText, hit.DataText);
            Assert.False(miss.Metadata.GetProperty("cached").GetBoolean());
            Assert.Equal(JsonShape.Of(miss.Metadata), JsonShape.Of(hit.Metadata));
        }
    }
}
