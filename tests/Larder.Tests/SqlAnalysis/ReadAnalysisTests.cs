using Larder.SqlAnalysis;
using Larder.SqlAnalysis.Schema;
using Larder.SqlAnalysis.Statements;

namespace Larder.Tests.SqlAnalysis;

/// <summary>What queries read, and how closely.</summary>
public sealed class ReadAnalysisTests
{
    public static TheoryData<SqlDialect, string, string> Pinned => Both(
        ("SELECT * FROM orders WHERE id = 5", "orders!|orders.id!|orders.id=5"),
        ("SELECT * FROM orders WHERE 5 = id", "orders!|orders.id!|orders.id=5"),
        ("SELECT * FROM orders WHERE ((id = 5) AND total > 3)", "orders!|orders.id!|orders.id=5"),
        ("SELECT * FROM orders o WHERE o.customer_id = -3 AND o.status <> 'x'", "orders!|orders.customer_id!|orders.customer_id=-3"),
        ("SELECT * FROM orders WHERE customer_id = 3 AND id = 5", "orders!|orders.id!|orders.id=5"),
        ("SELECT * FROM orders WHERE id IN (1, 2, 2)", "orders!|orders.id!|orders.id=1|orders.id=2"),
        ("SELECT count(*) FROM customers WHERE code = 'it''s' GROUP BY name ORDER BY 1 LIMIT 3", "customers!|customers.code!|customers.code=it's"),
        ("SELECT * FROM orders WHERE customer_id IS NULL", "orders!|orders.customer_id!|orders.customer_id=\0"),
        ("SELECT * FROM orders o, customers c WHERE o.id = 5 AND c.id = 7", "orders!|orders.id!|orders.id=5|customers!|customers.id!|customers.id=7"),
        ("SELECT * FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.id = 5", "customers|orders!|orders.id!|orders.id=5"),
        ("SELECT * FROM orders o JOIN items i ON i.order_id = o.id WHERE o.id = 5", "orders!|orders.id!|orders.id=5|items!|items.order_id!|items.order_id=5"),
        ("SELECT * FROM orders o JOIN items i ON i.order_id = o.id AND o.id = 5", "orders!|orders.id!|orders.id=5|items!|items.order_id!|items.order_id=5"),
        ("SELECT * FROM orders o LEFT JOIN items i ON i.order_id = o.id WHERE o.id = 5", "orders!|orders.id!|orders.id=5|items!|items.order_id!|items.order_id=5"),
        ("SELECT * FROM items i RIGHT JOIN orders o ON i.order_id = o.id WHERE o.id = 5", "orders!|orders.id!|orders.id=5|items!|items.order_id!|items.order_id=5"),
        ("SELECT * FROM orders o LEFT JOIN customers c ON c.id = o.customer_id AND c.id = 1", "orders|customers!|customers.id!|customers.id=1"),
        ("SELECT id FROM orders WHERE id = 1 UNION SELECT id FROM orders WHERE id = 2", "orders!|orders.id!|orders.id=1|orders.id=2"),
        ("SELECT * FROM orders WHERE id = 5 AND EXISTS (SELECT 1 FROM items i WHERE i.order_id = 5)",
            "orders!|orders.id!|orders.id=5|items!|items.order_id!|items.order_id=5"),
        ("SELECT (SELECT count(*) FROM items i WHERE i.order_id = o.id) FROM orders o WHERE o.id = 5",
            "orders!|orders.id!|orders.id=5|items!|items.order_id!|items.order_id=5"),
        ("SELECT 1 FROM orders o WHERE EXISTS (SELECT 1 FROM items i WHERE o.id = i.order_id AND EXISTS (SELECT 1 FROM products p WHERE p.id = o.id)) AND o.id = 5",
            "orders!|orders.id!|orders.id=5|items!|items.order_id!|items.order_id=5|products!|products.id!|products.id=5"),
        ("SELECT o.id FROM orders o WHERE EXISTS (SELECT 1 FROM items i WHERE i.order_id = o.id) AND o.id IN (1, 2)",
            "orders!|orders.id!|orders.id=1|orders.id=2|items!|items.order_id!|items.order_id=1|items.order_id=2"),
        ("WITH o AS (SELECT * FROM orders WHERE id = 5) SELECT * FROM o WHERE o.customer_id = 3", "orders!|orders.id!|orders.id=5"),
        ("SELECT * FROM (SELECT * FROM orders WHERE id = 5) x", "orders!|orders.id!|orders.id=5"));

    public static TheoryData<SqlDialect, string, string> Coarse => Both(
        ("SELECT * FROM orders", "orders"),
        ("SELECT * FROM orders WHERE total = 5", "orders"),
        ("SELECT * FROM orders WHERE id = 1 OR id = 2", "orders"),
        ("SELECT * FROM orders WHERE id = 1 IS FALSE", "orders"),
        ("SELECT * FROM orders WHERE NOT id = 1", "orders"),
        ("SELECT * FROM orders WHERE total BETWEEN 0 AND id = 1", "orders"),
        ("SELECT * FROM orders WHERE CASE WHEN id = 1 AND id = 2 THEN 1 ELSE 0 END = 1 AND id = 1", "orders"),
        ("SELECT * FROM orders WHERE id + 0 = 1", "orders"),
        ("SELECT * FROM orders WHERE CAST(id AS integer) = 1", "orders"),
        ("SELECT * FROM customers WHERE code = 'x' COLLATE nocase", "customers"),
        ("SELECT * FROM customers WHERE nick = 'x'", "customers"),
        ("SELECT * FROM orders WHERE (id, customer_id) = (1, 2)", "orders"),
        ("SELECT * FROM orders WHERE id IN (1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17)", "orders"),
        ("SELECT * FROM orders WHERE id = (SELECT max(order_id) FROM items)", "orders|items"),
        ("SELECT * FROM orders o LEFT JOIN customers c ON c.id = o.customer_id AND o.id = 1", "orders|customers"),
        ("SELECT * FROM orders o FULL JOIN customers c ON c.id = o.customer_id WHERE o.id = 1", "orders|customers"),
        ("SELECT * FROM orders o LEFT JOIN items i ON i.order_id = o.id WHERE i.order_id IS NULL", "orders|items"),
        ("SELECT * FROM orders o JOIN items i USING (id) WHERE id = 1", "orders|items"),
        ("SELECT * FROM orders AS o(customer_id, id) WHERE o.id = 1", "orders"),
        ("SELECT * FROM big_orders WHERE id = 1", "orders|customers"),
        ("SELECT * FROM orders WHERE id = 1 UNION SELECT * FROM orders WHERE total > 2", "orders"),
        ("WITH orders AS (SELECT * FROM products) SELECT * FROM orders WHERE id = 1", "orders|products"),
        ("SELECT (SELECT count(*) FROM items i WHERE i.order_id = o.id OR i.id = 1) FROM orders o WHERE o.id = 5", "orders!|orders.id!|orders.id=5|items"),
        ("SELECT (SELECT count(*) FROM items i WHERE i.order_id = o.customer_id) FROM orders o WHERE o.id = 5", "orders!|orders.id!|orders.id=5|items"),
        ("SELECT (SELECT count(*) FROM items i WHERE i.order_id = o.id) FROM (SELECT * FROM orders WHERE id = 5) o", "orders!|orders.id!|orders.id=5|items"),
        ("SELECT (SELECT (SELECT count(*) FROM items i WHERE i.order_id = o.id) FROM orders o) FROM orders o WHERE o.id = 5", "orders|items"),
        ("SELECT o.id FROM orders o WHERE EXISTS (SELECT 1 FROM items i WHERE i.order_id = o.id AND o.id = 1)", "orders|items"));

    [Theory]
    [MemberData(nameof(Pinned))]
    [MemberData(nameof(Coarse))]
    public void Bind_Query_GivesItsTags(SqlDialect dialect, string text, string tags)
    {
        var analysis = dialect.Analyze(text);

        Assert.True(analysis.IsCacheable, analysis.NotCacheable);
        Assert.Equal(TestSchemas.Tags(dialect, tags.Split('|')), TestSchemas.RowsOf(analysis).Bind(TestParameters.None).ToHashSet());
    }

    [Theory]
    [InlineData("5.0")]
    [InlineData(" 5 ")]
    [InlineData("05")]
    [InlineData("5e0")]
    [InlineData(5)]
    [InlineData((short)5)]
    [InlineData(5L)]
    public void Bind_SqliteIntegerColumn_ReadsEverySpellingAsOneValue(object value)
    {
        var analysis = SqlDialect.Sqlite.Analyze("SELECT * FROM orders WHERE id = @id");

        Assert.Equal(
            TestSchemas.Tags(SqlDialect.Sqlite, "orders!", "orders.id!", "orders.id=5"),
            TestSchemas.RowsOf(analysis).Bind(new TestParameters(("@id", value))).ToHashSet());
    }

    [Theory]
    [InlineData(5.5)]
    [InlineData("abc")]
    [InlineData("9007199254740993.0")]
    public void Bind_SqliteIntegerColumn_ValueOfNoInteger_IsTheTable(object value)
    {
        var analysis = SqlDialect.Sqlite.Analyze("SELECT * FROM orders WHERE id = @id");

        Assert.Equal(TestSchemas.Tags(SqlDialect.Sqlite, "orders"), TestSchemas.RowsOf(analysis).Bind(new TestParameters(("@id", value))).ToHashSet());
    }

    [Fact]
    public void Bind_SqliteTextColumn_TakesAnIntegerForItsDigits()
    {
        var analysis = SqlDialect.Sqlite.Analyze("SELECT * FROM customers WHERE code = 5");

        Assert.Contains(TestSchemas.Tags(SqlDialect.Sqlite, "customers.code=5").Single(), TestSchemas.RowsOf(analysis).Bind(TestParameters.None));
    }

    [Fact]
    public void Bind_NullAndIsParameter_ShareOneTag()
    {
        var isNull = SqlDialect.Sqlite.Analyze("SELECT * FROM orders WHERE customer_id IS NULL").ReadTemplate.Bind(TestParameters.None);
        var isParameter = SqlDialect.Sqlite.Analyze("SELECT * FROM orders WHERE customer_id IS @c").ReadTemplate.Bind(new TestParameters(("@c", DBNull.Value)));

        Assert.Equal(isNull, isParameter);
    }

    [Fact]
    public void Bind_ArrayParameter_PinsUpToSixteenElements()
    {
        var analysis = SqlDialect.PostgreSql.Analyze("SELECT * FROM orders WHERE id = ANY (@ids)");

        Assert.Equal(
            TestSchemas.Tags(SqlDialect.PostgreSql, "orders!", "orders.id!", "orders.id=3", "orders.id=4"),
            TestSchemas.RowsOf(analysis).Bind(new TestParameters(("@ids", new long[] { 3, 4 }))).ToHashSet());
        Assert.Equal(
            TestSchemas.Tags(SqlDialect.PostgreSql, "orders"),
            TestSchemas.RowsOf(analysis).Bind(new TestParameters(("@ids", Enumerable.Range(0, 17).ToArray()))).ToHashSet());
    }

    [Fact]
    public void Bind_ParameterIsMissing_IsTheTable()
    {
        var tags = SqlDialect.Sqlite.Analyze("SELECT * FROM orders WHERE id = @id").ReadTemplate.Bind(TestParameters.None);

        Assert.Equal(TestSchemas.Tags(SqlDialect.Sqlite, "orders"), tags.ToHashSet());
    }

    [Theory]
    [InlineData(SqlDialect.PostgreSql, "SELECT now()", "now")]
    [InlineData(SqlDialect.PostgreSql, "SELECT * FROM orders WHERE total > random()", "random")]
    [InlineData(SqlDialect.PostgreSql, "SELECT CURRENT_DATE", "current_date")]
    [InlineData(SqlDialect.PostgreSql, "SELECT 'today'::date", "clock")]
    [InlineData(SqlDialect.PostgreSql, "SELECT * FROM orders WHERE id = 1 FOR UPDATE", "locks")]
    [InlineData(SqlDialect.PostgreSql, "SELECT * FROM orders WHERE id = 1 LIMIT 1 FOR NO KEY UPDATE OF orders SKIP LOCKED", "locks")]
    [InlineData(SqlDialect.PostgreSql, "SELECT current_user", "session")]
    [InlineData(SqlDialect.PostgreSql, "SELECT * FROM pg_stat_activity", "catalog")]
    [InlineData(SqlDialect.PostgreSql, "SELECT 'orders'::regclass", "without a write")]
    [InlineData(SqlDialect.PostgreSql, "SELECT xmin FROM orders", "without a write")]
    [InlineData(SqlDialect.PostgreSql, "SELECT * FROM orders TABLESAMPLE system (10)", "sample")]
    [InlineData(SqlDialect.PostgreSql, "SELECT * FROM feed", "not seen")]
    [InlineData(SqlDialect.PostgreSql, "SELECT * FROM fresh_orders", "random")]
    [InlineData(SqlDialect.PostgreSql, "EXPLAIN SELECT * FROM orders", "explains")]
    [InlineData(SqlDialect.Sqlite, "SELECT random()", "random")]
    [InlineData(SqlDialect.Sqlite, "SELECT date('now')", "clock")]
    [InlineData(SqlDialect.Sqlite, "SELECT datetime()", "clock")]
    [InlineData(SqlDialect.Sqlite, "SELECT datetime(total, 'localtime') FROM orders", "zone")]
    [InlineData(SqlDialect.Sqlite, "SELECT CURRENT_TIMESTAMP", "clock")]
    [InlineData(SqlDialect.Sqlite, "SELECT * FROM sqlite_master", "catalog")]
    [InlineData(SqlDialect.Sqlite, "SELECT * FROM other.orders", "not in the schema")]
    public void Analyze_ResultDependsOnMore_IsReadOnlyAndNotCacheable(SqlDialect dialect, string text, string reason)
    {
        var analysis = dialect.Analyze(text);

        Assert.Contains(reason, analysis.NotCacheable);
        Assert.Null(analysis.WritesAnything);
    }

    [Theory]
    [InlineData(SqlDialect.PostgreSql, "SELECT discount(id) FROM orders")]
    [InlineData(SqlDialect.PostgreSql, "SELECT public.lower(name) FROM customers")]
    [InlineData(SqlDialect.PostgreSql, "SELECT o.discount FROM orders o")]
    [InlineData(SqlDialect.PostgreSql, "SELECT * FROM discount(3)")]
    [InlineData(SqlDialect.PostgreSql, "SELECT * FROM unheard_of")]
    [InlineData(SqlDialect.PostgreSql, "SELECT * INTO copy FROM orders")]
    [InlineData(SqlDialect.PostgreSql, "CALL discount(3)")]
    [InlineData(SqlDialect.PostgreSql, "DO 'BEGIN END'")]
    [InlineData(SqlDialect.PostgreSql, "EXECUTE statement(3)")]
    [InlineData(SqlDialect.Sqlite, "SELECT discount(id) FROM orders")]
    [InlineData(SqlDialect.Sqlite, "SELECT name REGEXP 'x' FROM customers")]
    [InlineData(SqlDialect.Sqlite, "SELECT offset, 1 FROM orders")]
    [InlineData(SqlDialect.Sqlite, "SELECT * FROM orders WHERE id = 1 AND offset OR total = 2")]
    public void Analyze_NotProvedReadOnly_CountsAsWritingAnything(SqlDialect dialect, string text) =>
        Assert.NotNull(dialect.Analyze(text).WritesAnything);

    [Fact]
    public void Analyze_FunctionIsDeclared_IsProved()
    {
        var declarations = new SchemaDeclarations { FunctionEffects = { ["discount"] = ["public.products"] }, DeterministicFunctions = { "discount" } };
        var analysis = new SqlAnalyzer(TestSchemas.Shop(SqlDialect.PostgreSql, declarations)).Analyze("SELECT discount(id) FROM orders").Statements[0];

        Assert.Null(analysis.WritesAnything);
        Assert.Equal("products", Assert.Single(analysis.Writes).Relation.Definition.Name);
        Assert.False(analysis.IsCacheable);
    }

    [Fact]
    public void Analyze_CachingIsOffForATable_IsNotCacheable()
    {
        var declarations = new SchemaDeclarations { UncachedRelations = { "orders" } };
        var analysis = new SqlAnalyzer(TestSchemas.Shop(SqlDialect.Sqlite, declarations)).Analyze("SELECT * FROM orders").Statements[0];

        Assert.Contains("caching is off", analysis.NotCacheable);
    }

    [Fact]
    public void Analyze_Occurrences_SayWhyTheyAreAtTheirLevel()
    {
        var analysis = SqlDialect.Sqlite.Analyze("SELECT * FROM orders o JOIN customers c ON c.id = o.customer_id JOIN items i ON i.order_id = o.id WHERE o.id = @id");

        Assert.Collection(
            analysis.Reads,
            orders => Assert.Equal((ReadLevel.Row, "id is pinned by o.id = @id"), (orders.Level, orders.Because)),
            customers => Assert.Equal((ReadLevel.Row, "id is looked up by c.id = o.customer_id"), (customers.Level, customers.Because)),
            items => Assert.Equal((ReadLevel.Column, "order_id is pinned by o.id = @id and i.order_id = o.id"), (items.Level, items.Because)));
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
