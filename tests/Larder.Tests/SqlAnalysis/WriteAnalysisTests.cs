using Larder.Freshness;
using Larder.SqlAnalysis;
using Larder.SqlAnalysis.Schema;
using Larder.SqlAnalysis.Statements;

namespace Larder.Tests.SqlAnalysis;

/// <summary>What writes touch, with and without what the database told about their rows.</summary>
public sealed class WriteAnalysisTests
{
    private const string AnyOrder = "orders|orders!";
    private const string AnyItem = "items|items!";

    public static TheoryData<SqlDialect, string, string> Known => Both(
        ("INSERT INTO orders (id, customer_id, status) VALUES (7, 3, 'new')", "orders|orders.id=7|orders.customer_id=3"),
        ("INSERT INTO orders (id, status) VALUES (7, 'a'), (8, 'b')", "orders|orders.id=7|orders.id=8|orders.customer_id=\0"),
        ("INSERT INTO orders (customer_id) VALUES (3)", "orders|orders.id!|orders.customer_id=3"),
        ("INSERT INTO orders (id, customer_id) VALUES (7, 1 + 2)", "orders|orders.id=7|orders.customer_id!"),
        ("INSERT INTO orders SELECT * FROM orders", AnyOrder),
        ("UPDATE orders SET status = 'x' WHERE id = 5", "orders|orders.id=5|orders.customer_id!"),
        ("UPDATE orders AS o SET customer_id = 9 WHERE o.customer_id = 3 AND o.id = 5", "orders|orders.id=5|orders.customer_id=3|orders.customer_id=9"),
        ("UPDATE orders SET customer_id = customer_id + 1 WHERE id = 5", "orders|orders.id=5|orders.customer_id!"),
        ("UPDATE orders SET status = 'x' WHERE id = 5 OR id = 6", "orders|orders.id!|orders.customer_id!"),
        ("UPDATE orders SET status = 'x'", "orders|orders.id!|orders.customer_id!"),
        ("UPDATE orders SET rowid = 9 WHERE id = 5", AnyOrder),
        ("UPDATE orders SET status = 'x' FROM customers c WHERE orders.id = 5 AND c.id = orders.customer_id AND c.id = 3", "orders|orders.id=5|orders.customer_id=3"),
        ("WITH x AS (SELECT 5 AS id) UPDATE orders SET status = 'x' WHERE id = 5", "orders|orders.id=5|orders.customer_id!"),
        ("DELETE FROM items WHERE order_id = 5", "items|items.id!|items.order_id=5|items.product_id!"),
        ("DELETE FROM orders WHERE id = 5", $"orders|orders.id=5|orders.customer_id!|{AnyItem}"),
        ("DELETE FROM customers WHERE id = 5", "customers|customers.id=5|customers.code!"),
        ("INSERT INTO customers (id, code) VALUES (1, 'a') ON CONFLICT DO NOTHING", "customers|customers.id=1|customers.code=a"),
        ("INSERT INTO customers (id, code) VALUES (1, 'a') ON CONFLICT (code) DO UPDATE SET name = excluded.name",
            "customers|customers.id=1|customers.id!|customers.code=a"),
        ("INSERT INTO customers (id, code) VALUES (1, 'a') ON CONFLICT (code) DO UPDATE SET code = 'b'", "customers|customers.id!|customers.code!"));

    [Theory]
    [MemberData(nameof(Known))]
    [InlineData(SqlDialect.Sqlite, "INSERT INTO orders VALUES (NULL, 3, 'x', 1)", "orders|orders.id!|orders.customer_id=3")]
    [InlineData(SqlDialect.Sqlite, "REPLACE INTO orders (id) VALUES (5)", AnyOrder + "|" + AnyItem)]
    [InlineData(SqlDialect.Sqlite, "INSERT OR REPLACE INTO orders (id) VALUES (5)", AnyOrder + "|" + AnyItem)]
    [InlineData(SqlDialect.Sqlite, "UPDATE OR REPLACE orders SET id = 6 WHERE id = 5", AnyOrder + "|" + AnyItem)]
    [InlineData(SqlDialect.Sqlite, "UPDATE audited SET a = 1 WHERE id = 5", "audited|audited.id=5|products|products!")]
    [InlineData(SqlDialect.PostgreSql, "DELETE FROM orders o USING customers c WHERE c.id = o.customer_id AND c.id = 3", "orders|orders.id!|orders.customer_id=3|items|items!")]
    [InlineData(SqlDialect.PostgreSql, "TRUNCATE orders, products", "orders|orders!|products|products!")]
    [InlineData(SqlDialect.PostgreSql, "TRUNCATE TABLE customers RESTART IDENTITY CASCADE", "customers|customers!|orders|orders!|items|items!")]
    [InlineData(SqlDialect.PostgreSql, "COPY orders (id, status) FROM STDIN", AnyOrder)]
    [InlineData(SqlDialect.PostgreSql, "MERGE INTO orders o USING customers c ON c.id = o.customer_id WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT (id) VALUES (c.id)", AnyOrder + "|" + AnyItem)]
    [InlineData(SqlDialect.PostgreSql, "WITH d AS (DELETE FROM items WHERE id = 1 RETURNING *) SELECT count(*) FROM d", "items|items.id=1|items.order_id!|items.product_id!")]
    [InlineData(SqlDialect.PostgreSql, "UPDATE big_orders SET status = 'x' WHERE id = 1", "big_orders|big_orders!|orders|orders!|customers|customers!")]
    [InlineData(SqlDialect.PostgreSql, "INSERT INTO orders (id, customer_id) VALUES (DEFAULT, '3')", "orders|orders.id!|orders.customer_id=3")]
    [InlineData(SqlDialect.PostgreSql, "INSERT INTO orders (id) OVERRIDING SYSTEM VALUE VALUES (3)", AnyOrder)]
    public void Add_Write_GivesItsTags(SqlDialect dialect, string text, string tags)
    {
        var analysis = dialect.Analyze(text);

        Assert.Null(analysis.WritesAnything);
        Assert.False(analysis.IsCacheable);
        var known = tags.Split('|').Where(tag => !(tag.Contains('=', StringComparison.Ordinal) && tags.Split('|').Contains(tag[..tag.IndexOf('=', StringComparison.Ordinal)] + "!")));
        Assert.Equal(TestSchemas.Tags(dialect, known), Write(analysis, new WriteObservation { Affected = -1 }));
    }

    [Theory]
    [InlineData(SqlDialect.PostgreSql, "UPDATE audited SET a = 1 WHERE id = 5")]
    [InlineData(SqlDialect.PostgreSql, "UPDATE unheard_of SET a = 1")]
    [InlineData(SqlDialect.PostgreSql, "INSERT INTO orders (id) VALUES (discount(1))")]
    [InlineData(SqlDialect.PostgreSql, "UPDATE orders SET total = 1 WHERE id = (SELECT discount(1))")]
    [InlineData(SqlDialect.PostgreSql, "COMMIT PREPARED 'x'")]
    [InlineData(SqlDialect.PostgreSql, "CREATE TABLE x (id int)")]
    [InlineData(SqlDialect.PostgreSql, "SELECT 1) ; DELETE FROM orders")]
    [InlineData(SqlDialect.Sqlite, "ALTER TABLE orders RENAME TO x")]
    [InlineData(SqlDialect.Sqlite, "DELETE FROM other.orders")]
    public void Add_EffectsAreNotKnown_IsEverything(SqlDialect dialect, string text) => Assert.NotNull(dialect.Analyze(text).WritesAnything);

    [Fact]
    public void Capture_UpdateByAnotherColumn_ReadsTheRowsThatItChanges()
    {
        var analysis = SqlDialect.PostgreSql.Analyze("UPDATE orders o SET customer_id = @c WHERE o.status = @s -- all");

        Assert.Equal("SELECT \"id\", \"customer_id\" FROM orders o WHERE o.status = @s LIMIT 65 FOR UPDATE", analysis.Capture!.Text);
        var observed = new WriteObservation { Captured = [[5L, 3L], [6L, null]], Affected = 2 };
        Assert.Equal(
            TestSchemas.Tags(SqlDialect.PostgreSql, "orders", "orders.id=5", "orders.id=6", "orders.customer_id=3", "orders.customer_id=\0", "orders.customer_id=9"),
            Write(analysis, observed, ("@c", 9)));
    }

    [Fact]
    public void Capture_MoreRowsWereChanged_IsNotTrusted()
    {
        var analysis = SqlDialect.Sqlite.Analyze("UPDATE orders SET status = 'x' WHERE customer_id = 3");

        var observed = new WriteObservation { Captured = [[5L]], Affected = 2 };
        Assert.Equal(TestSchemas.Tags(SqlDialect.Sqlite, "orders", "orders.id!", "orders.customer_id=3"), Write(analysis, observed));
    }

    [Theory]
    [InlineData("UPDATE orders SET status = 'x' WHERE customer_id IN (SELECT id FROM customers)")]
    [InlineData("UPDATE orders SET status = 'x' WHERE total > random()")]
    [InlineData("WITH x AS (SELECT 1) DELETE FROM orders WHERE total = 1")]
    [InlineData("UPDATE orders SET status = $1 WHERE total = $2")]
    [InlineData("DELETE FROM items WHERE id = 1 AND order_id = 2 AND product_id = 3")]
    public void Capture_QueryCannotReadTheRows_IsNotOffered(string text) => Assert.Null(SqlDialect.PostgreSql.Analyze(text).Capture);

    [Theory]
    [InlineData(SqlDialect.PostgreSql, "INSERT INTO orders (customer_id) VALUES (3)", " RETURNING \"orders\".\"id\"")]
    [InlineData(SqlDialect.PostgreSql, "UPDATE orders o SET status = 'x' WHERE o.id = 5", " RETURNING \"o\".\"customer_id\"")]
    [InlineData(SqlDialect.Sqlite, "DELETE FROM orders WHERE total = 3", " RETURNING \"id\", \"customer_id\"")]
    [InlineData(SqlDialect.Sqlite, "UPDATE orders SET customer_id = 3 WHERE id = 5", null)]
    [InlineData(SqlDialect.Sqlite, "INSERT INTO orders (id, customer_id) VALUES (1, 3)", null)]
    [InlineData(SqlDialect.Sqlite, "INSERT INTO orders SELECT * FROM orders", null)]
    public void ReturningSuffix_Write_AsksForWhatOnlyTheDatabaseKnows(SqlDialect dialect, string text, string? suffix) =>
        Assert.Equal(suffix, dialect.Analyze(text).ReturningSuffix);

    [Fact]
    public void Returned_InsertedKey_IsKnown()
    {
        var analysis = SqlDialect.PostgreSql.Analyze("INSERT INTO orders (customer_id) VALUES (@c) RETURNING total, id AS number");

        Assert.Equal([new ReturnedColumn("total", 0), new ReturnedColumn("id", 1)], analysis.Returned);
        var observed = new WriteObservation { Returned = [[1.5m, 77L]], ReturnedOrdinals = new Dictionary<string, int> { ["id"] = 1 }, Affected = 1 };
        Assert.Equal(TestSchemas.Tags(SqlDialect.PostgreSql, "orders", "orders.id=77", "orders.customer_id=3"), Write(analysis, observed, ("@c", 3)));
    }

    [Fact]
    public void Returned_ColumnsThatAreNotAssigned_AreAlsoWhatTheRowsHad()
    {
        var analysis = SqlDialect.Sqlite.Analyze("UPDATE orders SET status = 'x' WHERE total = 3");

        var observed = new WriteObservation { Returned = [[5L, 3L]], ReturnedOrdinals = new Dictionary<string, int> { ["id"] = 0, ["customer_id"] = 1 }, Affected = 1 };
        Assert.Equal(TestSchemas.Tags(SqlDialect.Sqlite, "orders", "orders.id=5", "orders.customer_id=3"), Write(analysis, observed));
    }

    [Fact]
    public void Add_NothingWasChanged_IsEmpty() =>
        Assert.Empty(Write(SqlDialect.Sqlite.Analyze("UPDATE orders SET status = 'x' WHERE id = 5"), new WriteObservation { Affected = 0 }));

    [Fact]
    public void Add_ManyValues_CollapseToTheWildcardOfTheirColumn()
    {
        var builder = new WriteSetBuilder();
        var analysis = SqlDialect.Sqlite.Analyze("UPDATE orders SET status = 'x' WHERE id = @id AND customer_id = 3");
        for (var id = 0; id <= WriteSetBuilder.MaxTagsOfColumn; id++)
            builder.Add(analysis, new TestParameters(("@id", id)), new WriteObservation { Affected = 1 });

        Assert.Equal(TestSchemas.Tags(SqlDialect.Sqlite, "orders", "orders.id!", "orders.customer_id=3"), TestSchemas.RowsOf(builder));
    }

    [Fact]
    public void AddRow_ColumnIsMissing_IsItsWildcard()
    {
        var builder = new WriteSetBuilder();
        builder.AddOldRow(TestSchemas.Sqlite.Schema.Find("orders")!, new Dictionary<string, object?> { ["id"] = 5L });

        Assert.Equal(TestSchemas.Tags(SqlDialect.Sqlite, "orders", "orders.id=5", "orders.customer_id!"), TestSchemas.RowsOf(builder));
    }

    private static HashSet<Tag> Write(StatementAnalysis analysis, in WriteObservation observed, params (string, object?)[] values)
    {
        var builder = new WriteSetBuilder();
        builder.Add(analysis, new TestParameters(values), observed);
        return TestSchemas.RowsOf(builder);
    }

    private static TheoryData<SqlDialect, string, string> Both(params (string Text, string Tags)[] cases)
    {
        var data = new TheoryData<SqlDialect, string, string>();
        foreach (var (text, tags) in cases)
        {
            data.Add(SqlDialect.Sqlite, text, tags);
            data.Add(SqlDialect.PostgreSql, text, tags);
        }

        return data;
    }
}
