using Larder.Freshness;
using Larder.SqlAnalysis;
using Larder.SqlAnalysis.Statements;

namespace Larder.Tests.SqlAnalysis;

/// <summary>Tables that are known by the values of the rows they are joined with.</summary>
public sealed class LookupTests
{
    private const string Joined = "SELECT c.name FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.id = @id";
    private const string Latest = "(SELECT id, customer_id FROM orders ORDER BY total DESC, id LIMIT 3) AS o";

    public static TheoryData<string, string> Shapes => new()
    {
        { Joined, "SELECT \"customer_id\" AS v FROM {orders} WHERE \"id\" IN (@id)" },
        { Joined.Replace("JOIN", "LEFT JOIN", StringComparison.Ordinal), "SELECT \"customer_id\" AS v FROM {orders} WHERE \"id\" IN (@id)" },
        {
            "SELECT (SELECT c.name FROM customers c WHERE c.id = o.customer_id) FROM orders o WHERE o.id = @id",
            "SELECT \"customer_id\" AS v FROM {orders} WHERE \"id\" IN (@id)"
        },
        {
            "SELECT * FROM customers c WHERE c.id = (SELECT customer_id FROM orders WHERE id = @id)",
            "SELECT \"customer_id\" AS v FROM {orders} WHERE \"id\" IN (@id)"
        },
        {
            $"SELECT c.name FROM {Latest} JOIN customers c ON o.customer_id = c.id",
            "SELECT d.\"customer_id\" AS v FROM (SELECT id, customer_id FROM orders ORDER BY total DESC, id LIMIT 3) AS d"
        },
        {
            $"SELECT o.id FROM {Latest} WHERE EXISTS (SELECT 1 FROM customers c WHERE c.id = o.customer_id)",
            "SELECT d.\"customer_id\" AS v FROM (SELECT id, customer_id FROM orders ORDER BY total DESC, id LIMIT 3) AS d"
        },
        {
            "SELECT c.name FROM (SELECT customer_id, count(*) AS n FROM orders GROUP BY customer_id ORDER BY n DESC, customer_id LIMIT 5) AS t JOIN customers c ON c.id = t.customer_id",
            "SELECT d.\"customer_id\" AS v FROM (SELECT customer_id, count(*) AS n FROM orders GROUP BY customer_id ORDER BY n DESC, customer_id LIMIT 5) AS d"
        },
        {
            "SELECT c.name FROM (SELECT customer_id, max(total) AS n FROM orders GROUP BY customer_id ORDER BY n DESC, customer_id LIMIT 5) AS t JOIN customers c ON c.id = t.customer_id",
            "SELECT d.\"customer_id\" AS v FROM (SELECT customer_id, max(total) AS n FROM orders GROUP BY customer_id ORDER BY n DESC, customer_id LIMIT 5) AS d"
        },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Analyze_SourceIsDetermined_LooksUpByItsValues(string text, string values)
    {
        foreach (var dialect in new[] { SqlDialect.Sqlite, SqlDialect.PostgreSql })
        {
            var read = Read(dialect, text);
            var table = dialect == SqlDialect.Sqlite ? "\"orders\"" : "\"public\".\"orders\"";
            Assert.Equal((ReadLevel.Row, values.Replace("{orders}", table, StringComparison.Ordinal)), (read.Level, read.Lookup?.Values));
        }
    }

    [Theory]
    [InlineData("SELECT c.name FROM orders o JOIN customers c ON c.id = o.customer_id")]
    [InlineData("SELECT c.name FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.total > 3")]
    [InlineData("SELECT c.name FROM customers c LEFT JOIN orders o ON c.id = o.customer_id AND o.id = @id")]
    [InlineData("SELECT c.name FROM customers c FULL JOIN orders o ON c.id = o.customer_id AND o.id = @id")]
    [InlineData("SELECT c.name FROM orders o JOIN customers c ON c.id = o.customer_id OR c.id = 1 WHERE o.id = @id")]
    [InlineData("SELECT c.name FROM orders o JOIN customers c ON c.id + 0 = o.customer_id WHERE o.id = @id")]
    [InlineData("SELECT c.name FROM (SELECT id, customer_id FROM orders ORDER BY total DESC LIMIT 3) AS o JOIN customers c ON c.id = o.customer_id")]
    [InlineData("SELECT c.name FROM (SELECT id, customer_id FROM orders LIMIT 3) AS o JOIN customers c ON c.id = o.customer_id")]
    [InlineData("SELECT c.name FROM (SELECT customer_id FROM orders GROUP BY customer_id ORDER BY max(total, 1) DESC, customer_id LIMIT 5) AS t JOIN customers c ON c.id = t.customer_id")]
    [InlineData("SELECT c.name FROM (SELECT max(customer_id) AS customer_id FROM orders) AS o JOIN customers c ON c.id = o.customer_id")]
    [InlineData("SELECT c.name FROM (SELECT customer_id FROM orders UNION SELECT 3) AS o JOIN customers c ON c.id = o.customer_id")]
    [InlineData("WITH orders AS (SELECT 1 AS customer_id) SELECT c.name FROM (SELECT customer_id FROM orders) AS o JOIN customers c ON c.id = o.customer_id")]
    [InlineData("SELECT c.name FROM (SELECT id, customer_id FROM orders ORDER BY row_number() OVER (ORDER BY total), id LIMIT 3) AS o JOIN customers c ON c.id = o.customer_id")]
    public void Analyze_SourceDoesNotDecide_ReadsTheTableAsAWhole(string text) =>
        Assert.Null(Read(SqlDialect.PostgreSql, text).Lookup);

    [Theory]
    [InlineData("SELECT o.customer_id, c.name FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.id = @id", "customer_id one nullTells")]
    [InlineData("SELECT c.name, o.customer_id AS whose FROM orders o LEFT JOIN customers c ON c.id = o.customer_id WHERE o.id = @id AND o.total > 3 LIMIT 1", "whose one nullTells")]
    [InlineData("SELECT c.id, c.name FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.id = @id", "id one")]
    [InlineData("SELECT o.customer_id, count(*) AS n FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.id = @id", "customer_id one")]
    [InlineData("SELECT o.customer_id, (SELECT sum(o.total)) AS n FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.id = @id", "customer_id one")]
    [InlineData("SELECT o.customer_id FROM items i LEFT JOIN (orders o JOIN customers c ON c.id = o.customer_id) ON o.id = @id", "customer_id one")]
    [InlineData($"SELECT o.customer_id, c.name, (SELECT count(*) FROM items x) AS n FROM {Latest} LEFT JOIN customers c ON c.id = o.customer_id", "customer_id all nullTells")]
    [InlineData("SELECT i.order_id, o.total FROM items i LEFT JOIN orders o ON o.id = i.order_id WHERE i.product_id = @id", "order_id all nullTells")]
    [InlineData("SELECT c.name FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.id = @id", null)]
    [InlineData("SELECT o.customer_id + 0 AS customer_id, c.name FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.id = @id", null)]
    [InlineData("SELECT o.customer_id, o.total AS customer_id FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.id = @id", null)]
    [InlineData("SELECT o.customer_id FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.id = @id UNION ALL SELECT 3", null)]
    [InlineData($"SELECT o.customer_id, c.name FROM {Latest} JOIN customers c ON c.id = o.customer_id", null)]
    [InlineData($"SELECT o.customer_id, c.name FROM {Latest} LEFT JOIN customers c ON c.id = o.customer_id WHERE c.name > 'a'", null)]
    [InlineData($"SELECT o.customer_id, c.name FROM {Latest} LEFT JOIN customers c ON c.id = o.customer_id LIMIT 2", null)]
    [InlineData($"SELECT DISTINCT o.customer_id FROM {Latest} LEFT JOIN customers c ON c.id = o.customer_id", null)]
    [InlineData($"SELECT o.customer_id, count(*) AS n FROM {Latest} LEFT JOIN customers c ON c.id = o.customer_id", null)]
    [InlineData("SELECT i.order_id, o.total FROM items i LEFT JOIN orders o ON o.id = i.order_id WHERE i.product_id = @id AND o.total > 3", null)]
    public void Analyze_ResultHasTheValues_NeedsNoProbe(string text, string? expected)
    {
        foreach (var dialect in new[] { SqlDialect.Sqlite, SqlDialect.PostgreSql })
        {
            var told = dialect.Analyze(text).ReadTemplate.Told;
            var column = told.FirstOrDefault(each => each is not null);
            Assert.Equal(expected, column is null ? null : $"{column.Name} {(column.TellsAll ? "all" : "one")}{(column.TellsNull ? " nullTells" : "")}");
        }
    }

    [Theory]
    [InlineData(false, true, "7", true, "7")]
    [InlineData(false, true, "7", false, "7")]
    [InlineData(false, true, "null", true, "")]
    [InlineData(false, false, "null", true, null)]
    [InlineData(false, true, "", true, null)]
    [InlineData(true, true, "7 null 8", true, "7 8")]
    [InlineData(true, true, "7 8", false, null)]
    [InlineData(true, true, "", true, "")]
    public void Tell_WhatCameBack_GivesTheValuesOrNothing(bool tellsAll, bool tellsNull, string seen, bool isComplete, string? expected)
    {
        object?[] values = [.. seen.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(value => value == "null" ? null : value)];

        var told = new ResultColumn("v", tellsAll, tellsNull).Tell(values, isComplete);

        Assert.Equal(expected, told is null ? null : string.Join(' ', told));
    }

    [Fact]
    public void Analyze_TwoSteps_NestsTheFirstWithoutItsBound()
    {
        var read = Read(
            SqlDialect.Sqlite, "SELECT c.name FROM items i JOIN orders o ON o.id = i.order_id JOIN customers c ON c.id = o.customer_id WHERE i.id = @id");

        Assert.Equal(
            "SELECT \"customer_id\" AS v FROM \"orders\" WHERE \"id\" IN (SELECT \"order_id\" AS v FROM \"items\" WHERE \"id\" IN (@id))", read.Lookup?.Values);
    }

    [Fact]
    public void Bind_ValuesWereFound_NamesThem() =>
        Assert.Equal(
            TestSchemas.Tags(SqlDialect.Sqlite, "orders!", "orders.id!", "orders.id=1", "customers!", "customers.id!", "customers.id=7", "customers.id=8"),
            Bind([7L, null, 8L]));

    [Fact]
    public void Bind_NothingWasFound_StillSeesUnknownRows() =>
        Assert.Equal(TestSchemas.Tags(SqlDialect.Sqlite, "orders!", "orders.id!", "orders.id=1", "customers!", "customers.id!"), Bind([]));

    [Fact]
    public void Bind_TooManyValuesWereFound_ReadsTheTableAsAWhole() =>
        Assert.Equal(
            TestSchemas.Tags(SqlDialect.Sqlite, "orders!", "orders.id!", "orders.id=1", "customers"),
            Bind([.. Enumerable.Range(0, Lookup.MaxValues + 1).Select(value => (object?)(long)value)]));

    [Fact]
    public void Bind_AValueHasNoCanonicalForm_ReadsTheTableAsAWhole() =>
        Assert.Equal(TestSchemas.Tags(SqlDialect.Sqlite, "orders!", "orders.id!", "orders.id=1", "customers"), Bind([7L, 1.5]));

    [Fact]
    public void Bind_ProbesWereNotRun_ReadsTheTableAsAWhole() =>
        Assert.Equal(TestSchemas.Tags(SqlDialect.Sqlite, "orders!", "orders.id!", "orders.id=1", "customers"), Bind(null));

    [Fact]
    public void Analyze_ManyTablesAreLookedUp_RunsFourProbes()
    {
        var joins = string.Concat(Enumerable.Range(0, 6).Select(i => $" JOIN orders o{i} ON o{i}.id = @p{i} JOIN customers c{i} ON c{i}.id = o{i}.customer_id"));
        var analysis = SqlDialect.Sqlite.Analyze($"SELECT 1 FROM items i{joins}");

        Assert.Equal(Lookup.MaxProbes, analysis.Reads.Count(read => read.Lookup is not null));
        Assert.Equal(2, analysis.Reads.Count(read => read.Relation.Definition.Name == "customers" && read.Level == ReadLevel.Table));
    }

    // One row of each could change without the other's tags, and then they would meet.
    [Fact]
    public void Analyze_TwoTablesTellOfEachOther_OnlyOneIsLookedUpByTheOther()
    {
        var analysis = SqlDialect.Sqlite.Analyze(
            "SELECT 1 FROM orders q JOIN items r ON r.order_id = q.id AND r.product_id = q.customer_id JOIN products g ON g.id = q.id AND g.id = r.id WHERE g.name = @n");

        Assert.DoesNotContain(analysis.Reads, read => read.Lookup?.Values.Contains("\"orders\"", StringComparison.Ordinal) == true
            && analysis.Reads.Any(other => other.Lookup?.Values.Contains("\"items\"", StringComparison.Ordinal) == true));
    }

    [Fact]
    public void Analyze_OnlyAValueWrittenIntoTheTextPinsTheSource_KeepsThatPin()
    {
        var analysis = SqlDialect.Sqlite.Analyze("SELECT 1 FROM items r JOIN orders q ON q.id = r.order_id WHERE r.product_id = 1");

        Assert.Null(analysis.Reads[0].Lookup);
        Assert.Equal("SELECT \"order_id\" AS v FROM \"items\" WHERE \"product_id\" IN (1)", analysis.Reads[1].Lookup?.Values);
    }

    [Fact]
    public void Analyze_EveryTableEqualsEveryOther_EndsSoon()
    {
        var names = Enumerable.Range(0, 30).Select(i => $"t{i}").ToList();
        var equalities = names.SelectMany(one => names.Where(other => other != one).Select(other => $"{one}.id = {other}.customer_id"));

        var analysis = SqlDialect.Sqlite.Analyze($"SELECT 1 FROM {string.Join(", ", names.Select(name => $"orders {name}"))} WHERE {string.Join(" AND ", equalities)}");

        Assert.Equal(30, analysis.Reads.Length);
    }

    private static TableRead Read(SqlDialect dialect, string text) => dialect.Analyze(text).Reads.Last(read => read.Relation.Definition.Name == "customers");

    private static HashSet<Tag> Bind(IReadOnlyList<object?>? found) =>
        [.. TestSchemas.RowsOf(SqlDialect.Sqlite.Analyze(Joined)).Bind(new TestParameters(("@id", 1L)), found is null ? null : [found])];
}
