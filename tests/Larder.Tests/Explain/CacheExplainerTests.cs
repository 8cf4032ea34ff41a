using Larder.Caching;
using Larder.Data;
using Larder.Freshness;
using Larder.SqlAnalysis;
using Larder.Tests.Data;
using Larder.Views;
using Larder.Views.Sources;

namespace Larder.Tests.Explain;

public sealed class CacheExplainerTests : IAsyncLifetime
{
    private const string Schema = """
        CREATE TABLE products (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
        CREATE TABLE reviews (id INTEGER PRIMARY KEY, product_id INTEGER NOT NULL REFERENCES products (id), rating INTEGER NOT NULL);
        INSERT INTO products VALUES (1, 'Hammer'), (2, 'Saw');
        INSERT INTO reviews VALUES (1, 1, 5), (2, 2, 3);
        """;

    private static readonly View Product = View.Create("product")
        .Parameter<long>("id")
        .Required("name", Sql.Row<string>("SELECT name FROM products WHERE id = @id"))
        .Optional("ratings", Sql.Rows<int>("SELECT rating FROM reviews WHERE product_id = @id ORDER BY id"))
        .Optional("best", Sql.Row<int>("SELECT max(rating) FROM reviews"))
        .Build();

    private TrackedHost _database = null!;

    public async ValueTask InitializeAsync() => _database = await TrackedHost.StartAsync(SqlDialect.Sqlite, schema: Schema);

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task ExplainEntry_OfASection_NamesItsTagsAndTheStatementBehindEach()
    {
        await GetAsync(1);

        var entry = _database.Explainer.ExplainEntry(KeyOf("ratings"))!;

        Assert.Equal((true, null, FreshnessKind.Tracked), (entry.IsServed, entry.Because, entry.Freshness));
        Assert.Equal(
            [
                "its own key", "reviews.product_id = 1: id changes", "reviews.product_id = 1: product_id changes", "reviews.product_id = 1: rating changes",
                "reviews.product_id = 1: rows that come or go", "some row of reviews", "some value of reviews.product_id",
            ],
            entry.Tags.Select(tag => tag.Name).Order(StringComparer.Ordinal));
        var statement = Assert.Single(entry.Statements);
        Assert.StartsWith("SELECT rating", statement.Text, StringComparison.Ordinal);
        Assert.Equal(1L, statement.Parameters["id"]);
        Assert.All(entry.Tags, tag => Assert.Equal(tag.Name == "its own key" ? [] : [0], tag.Statements));
    }

    [Fact]
    public async Task ExplainEntry_WrittenSince_SaysByWhat()
    {
        await GetAsync(1);
        await _database.ExecuteAsync("INSERT INTO reviews VALUES (3, 1, 4)");

        var entry = _database.Explainer.ExplainEntry(KeyOf("ratings"))!;

        const string Written = "reviews.product_id = 1: rows that come or go";
        Assert.Equal((false, $"written since it was read: {Written}"), (entry.IsServed, entry.Because));
        Assert.Equal([Written], entry.Tags.Where(tag => tag.IsWrittenSince).Select(tag => tag.Name));
        Assert.True(_database.Explainer.ExplainEntry(KeyOf("name"))!.IsServed);
    }

    [Fact]
    public async Task ExplainEntry_Expired_SaysSoWhileItIsKept()
    {
        await _database.Cache.GetOrCreateAsync(
            "key",
            new CachePolicy("kept", TimeSpan.FromSeconds(10)) { Jitter = 0, StaleIfError = TimeSpan.FromMinutes(1) },
            _ => new ValueTask<string>("value"));
        _database.Time.Advance(TimeSpan.FromSeconds(15));

        var entry = _database.Explainer.ExplainEntry("key")!;

        Assert.False(entry.IsServed);
        Assert.Contains("expired", entry.Because, StringComparison.Ordinal);
        Assert.Equal((TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(-5)), (entry.Age, entry.RemainingLife));
    }

    [Fact]
    public void ExplainEntry_NothingHeld_IsNull() => Assert.Null(_database.Explainer.ExplainEntry("nothing"));

    [Fact]
    public async Task ExplainStatement_OfAWrite_SaysWhatItWouldDropAndDropsNothing()
    {
        await GetAsync(1);
        await GetAsync(2);

        var statement = await _database.Explainer.ExplainStatementAsync(
            "INSERT INTO reviews (id, product_id, rating) VALUES (@id, @product, 1)", [new("id", 3L), new("@product", 2L)], cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(
            ["reviews", "reviews.id = 3", "reviews.id = 3: rows that come or go", "reviews.product_id = 2", "reviews.product_id = 2: rows that come or go", "reviews: rows that come or go"],
            statement.WriteTags);
        Assert.Equal((2, null, false), (statement.DropCount, statement.WritesAnything, statement.IsCacheable));
        Assert.Equal(["product/best", "product/ratings"], statement.Drops.Select(key => key.Split(':')[2]));
        Assert.True(_database.Explainer.ExplainEntry(KeyOf("ratings", 2))!.IsServed);
        Assert.Equal("2", await ScalarAsync("SELECT count(*) FROM reviews"));
    }

    [Fact]
    public async Task ExplainStatement_ThatMayDoAnything_DropsEverythingAndSaysWhy()
    {
        await GetAsync(1);

        var statement = await _database.Explainer.ExplainStatementAsync("PRAGMA writable_schema = FROM (1", cancellationToken: TestContext.Current.CancellationToken);

        Assert.NotNull(statement.WritesAnything);
        Assert.Equal(["everything"], statement.WriteTags);
        Assert.Equal(3, statement.DropCount);
    }

    [Theory]
    [InlineData("SELECT random() FROM products", "random")]
    [InlineData("SELECT name FROM products WHERE name < datetime('now')", "datetime")]
    [InlineData("SELECT * FROM elsewhere", "elsewhere")]
    public async Task ExplainStatement_OfAQueryThatIsNotCached_SaysWhy(string sql, string word)
    {
        var statement = await _database.Explainer.ExplainStatementAsync(sql, cancellationToken: TestContext.Current.CancellationToken);

        Assert.False(statement.IsCacheable);
        Assert.Contains(word, statement.NotCacheable, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task ExplainStatement_OfARead_SaysHowCloselyEachTableIsKnownAndWhy()
    {
        var statement = await _database.Explainer.ExplainStatementAsync(
            "SELECT p.name, r.rating FROM products p JOIN reviews r ON r.product_id = p.id WHERE p.id = @id AND p.name > 'a'", [new("id", 1L)], cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal([("products", "row"), ("reviews", "column")], statement.Reads.Select(read => (read.Table, read.Level)));
        Assert.All(statement.Reads, read => Assert.NotEmpty(read.Because));
        Assert.Contains("products.id = 1: name changes", statement.ReadTags);
        Assert.Contains("reviews.product_id = 1: rating changes", statement.ReadTags);
    }

    [Fact]
    public async Task Degrade_AStatement_IsTrackedByItsTablesFromThenOn()
    {
        _database.ReadSets.Degrade(new ReadStatement(SqlDatabase.DefaultName, "SELECT name FROM products WHERE id = @id", [], []));
        await GetAsync(1);
        await _database.ExecuteAsync("UPDATE products SET name = 'other' WHERE id = 2");

        var entry = _database.Explainer.ExplainEntry(KeyOf("name"))!;
        var statement = await _database.Explainer.ExplainStatementAsync("SELECT name FROM products WHERE id = @id", cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal("written since it was read: products", entry.Because);
        Assert.True(statement.IsDegraded);
        Assert.Equal(["products"], statement.ReadTags);
    }

    [Fact]
    public async Task ExplainStatement_OfAnUnknownDatabase_IsRefused() =>
        await Assert.ThrowsAsync<ArgumentException>(async () => await _database.Explainer.ExplainStatementAsync("SELECT 1", database: "other"));

    private async Task GetAsync(long id)
    {
        var executor = _database.Executor;
        executor.Check(Product);
        var arguments = Views.ViewHost.Bind(Product, _database.Time, $"id={id}", out _);
        var result = await executor.ExecuteAsync(arguments, TestContext.Current.CancellationToken);
        Assert.Null(result.Failure);
    }

    private string KeyOf(string section, long id = 1)
    {
        var head = $":product/{section}:";
        var keys = _database.Cache.Engine.Store.Keys(key => key.Contains(head, StringComparison.Ordinal));
        return section == "best" ? keys.Single() : keys.Single(key => key.Contains($"{head}{id}:", StringComparison.Ordinal));
    }

    private async Task<string> ScalarAsync(string sql)
    {
        await using var command = _database.Inner.CreateCommand(sql);
        return $"{await command.ExecuteScalarAsync()}";
    }
}
