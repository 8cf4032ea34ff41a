using Larder.SqlAnalysis;
using Larder.SqlAnalysis.Schema;
using Larder.SqlAnalysis.Statements;

namespace Larder.Tests.SqlAnalysis;

/// <summary>Which columns a query uses, and which an UPDATE changes (decision 0020).</summary>
public sealed class ColumnTests
{
    private const string Rename = "UPDATE customers SET name = 'x' WHERE id = 5";
    private const string Confirm = "UPDATE orders SET status = 'confirmed' WHERE id = 5 AND status = 'pending'";

    [Theory]
    [InlineData("SELECT code FROM customers WHERE id = 5")]
    [InlineData("SELECT count(*) FROM customers")]
    [InlineData("SELECT c.code, o.status FROM customers c JOIN orders o ON o.customer_id = c.id WHERE c.id = 5")]
    [InlineData("SELECT p.name FROM products p JOIN customers c ON c.id = p.id WHERE c.id = 5")]
    [InlineData("SELECT code FROM customers WHERE id = 5 AND nick * 2 > 4")]
    [InlineData("SELECT t.code FROM (SELECT id, code FROM customers) AS t WHERE t.id = 5")]
    public void Update_OfAColumnThatIsNotUsed_DoesNotMeet(string query) => RequireBoth(query, Rename, meets: false);

    [Theory]
    [InlineData("SELECT name FROM customers WHERE id = 5")]
    [InlineData("SELECT code FROM customers WHERE name = 'y'")]
    [InlineData("SELECT * FROM customers WHERE id = 5")]
    [InlineData("SELECT c.* FROM customers c WHERE c.id = 5")]
    [InlineData("SELECT c FROM customers c WHERE c.id = 5")]
    [InlineData("SELECT count(c) FROM customers c WHERE c.id = 5")]
    [InlineData("SELECT customers FROM customers WHERE id = 5")]
    [InlineData("SELECT code FROM customers ORDER BY \"name\"")]
    [InlineData("SELECT t.* FROM (SELECT name FROM customers) AS t")]
    [InlineData("SELECT count(*) FROM customers NATURAL JOIN products")]
    [InlineData("SELECT c.code FROM customers c JOIN products p USING (name)")]
    [InlineData("SELECT t.a FROM (SELECT id, code, name, nick FROM customers) AS t (b, c, a, d)")]
    [InlineData("SELECT t.a FROM customers t (b, c, a, d)")]
    [InlineData("SELECT id FROM big_orders")]
    [InlineData("SELECT p.id FROM products p WHERE EXISTS (SELECT 1 FROM customers c WHERE c.name = p.name)")]
    public void Update_OfAColumnThatIsUsedSomehow_Meets(string query) => RequireBoth(query, Rename, meets: true);

    [Theory]
    [InlineData(SqlDialect.PostgreSql, "SELECT xmin FROM customers WHERE id = 5")]
    [InlineData(SqlDialect.PostgreSql, "SELECT c.full_name FROM customers c WHERE c.id = 5")]
    [InlineData(SqlDialect.PostgreSql, "SELECT row_to_json(c) FROM customers c WHERE c.id = 5")]
    [InlineData(SqlDialect.Sqlite, "SELECT c.code FROM customers c JOIN products p USING ('name')")]
    [InlineData(SqlDialect.Sqlite, "SELECT c.'name' FROM customers c WHERE c.id = 5")]
    [InlineData(SqlDialect.Sqlite, "SELECT c.[name] FROM customers c WHERE c.id = 5")]
    [InlineData(SqlDialect.Sqlite, "SELECT NAME FROM Customers WHERE id = 5")]
    public void Update_OfAColumnThatOnlyOneDatabaseFinds_Meets(SqlDialect dialect, string query) => Require(dialect, query, Rename, meets: true);

    [Theory]
    [InlineData("INSERT INTO customers (id, code) VALUES (5, 'x')")]
    [InlineData("DELETE FROM customers WHERE id = 5")]
    [InlineData("UPDATE customers SET code = 'x' WHERE name = 'y'")]
    public void Write_OfRowsOrOfAnother_Column_MeetsWhatCounts(string write) => RequireBoth("SELECT code FROM customers WHERE id = 5", write, meets: true);

    [Theory]
    [InlineData("SELECT count(*) FROM orders WHERE status <> 'cancelled'", false)]
    [InlineData("SELECT count(*) FROM orders WHERE (status IN ('cancelled', 'completed'))", false)]
    [InlineData("SELECT count(*) FROM orders WHERE NOT status = 'cancelled' ORDER BY 1", false)]
    [InlineData("SELECT sum(CASE WHEN status = 'cancelled' THEN 1 ELSE 0 END) FROM orders", false)]
    [InlineData("SELECT 'open' AS status, count(*) FROM orders WHERE status <> 'cancelled'", false)]
    [InlineData("SELECT count(*) FROM orders WHERE status = 'pending'", true)]
    [InlineData("SELECT count(*) FROM orders WHERE status = 'confirmed'", true)]
    [InlineData("SELECT count(*) FROM orders WHERE status NOT IN ('cancelled', 'pending')", true)]
    [InlineData("SELECT status FROM orders WHERE status <> 'cancelled'", true)]
    [InlineData("SELECT count(*) FROM orders WHERE status > 'cancelled'", true)]
    [InlineData("SELECT count(*) FROM orders WHERE status <> 'cancel' || 'led'", true)]
    [InlineData("SELECT count(*) FROM orders WHERE 'x' || status <> 'cancelled'", true)]
    [InlineData("SELECT count(*) FROM orders WHERE (status = 'cancelled') IS NOT TRUE", false)]
    [InlineData("SELECT count(*) FROM orders WHERE status <> @status", true)]
    [InlineData("SELECT count(*) FROM orders WHERE total BETWEEN 1 AND status = 'cancelled'", true)]
    [InlineData("SELECT position(status IN ('cancelled')) FROM orders", true)]
    [InlineData("SELECT count(*) FROM orders WHERE total IS NOT status = 'cancelled'", true)]
    public void Transition_OfATestedColumn_MeetsWhereItIsFromOrToATestedValue(string query, bool meets) => RequireBoth(query, Confirm, meets);

    [Theory]
    [InlineData("UPDATE orders SET status = 'confirmed' WHERE id = 5", true)]
    [InlineData("UPDATE orders SET status = @status WHERE id = 5 AND status = 'pending'", true)]
    [InlineData("UPDATE orders SET status = 'cancelled' WHERE id = 5 AND status = 'cancelled'", false)]
    [InlineData("UPDATE orders SET status = 'new' WHERE id = 5 AND status IS NULL", true)]
    [InlineData("UPDATE orders SET status = 'x' WHERE id = 5 AND status IN ('y', 'z')", false)]
    public void Transition_WhoseValuesAreNotKnown_Meets(string write, bool meets) => RequireBoth("SELECT count(*) FROM orders WHERE status <> 'cancelled'", write, meets);

    [Theory]
    [InlineData("1, 2, 3", true)]
    [InlineData("1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16", true)]
    public void Bind_Values_HaveATagForEachFacet(string ids, bool hasFacets)
    {
        var analysis = Analyze(SqlDialect.Sqlite, $"SELECT name, code, nick FROM customers WHERE id IN ({ids})");
        var facets = Assert.Single(analysis.Reads).Facets;

        Assert.Equal(5, facets.Length);
        Assert.Equal(2 + (ids.Split(',').Length * (hasFacets ? facets.Length : 1)), analysis.ReadTemplate.Bind(TestParameters.None).Length);
    }

    [Fact]
    public void Bind_LookedUpValuesTimesFacetsAreTooMany_AnyChangeOfTheRowsCounts()
    {
        var analysis = Analyze(SqlDialect.Sqlite, "SELECT c.name, c.code, c.nick FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.id = 1");
        var found = Enumerable.Range(1, Lookup.MaxValues).Select(id => (object?)(long)id).ToList();

        var ofOne = analysis.ReadTemplate.Bind(TestParameters.None, [[1L]]).Length;

        Assert.Equal(ofOne - 5 + Lookup.MaxValues, analysis.ReadTemplate.Bind(TestParameters.None, [found]).Length);
    }

    [Fact]
    public void ToTags_FacetsAreTooMany_SayThatAnyRowWasWritten()
    {
        var builder = new WriteSetBuilder();
        var update = Analyze(SqlDialect.Sqlite, "UPDATE customers SET name = @a, nick = @a WHERE id = @id AND code = @id");
        var items = Analyze(SqlDialect.Sqlite, "UPDATE orders SET total = 1, status = @a WHERE id = @id AND customer_id = @id AND status = @id");
        for (var id = 1; id <= 64; id++)
        {
            var parameters = new TestParameters(("@a", "x" + id), ("@id", id));
            builder.Add(update, parameters, new WriteObservation { Affected = 1 });
            builder.Add(items, parameters, new WriteObservation { Affected = 1 });
        }

        var tags = builder.ToTags();
        Assert.InRange(tags.Length, 1, WriteSetBuilder.MaxTags + WriteSetBuilder.MaxFacetTags + 256);
        Assert.Superset(TestSchemas.Tags(SqlDialect.Sqlite, "orders!"), tags.ToHashSet());
    }

    private static void RequireBoth(string query, string write, bool meets)
    {
        Require(SqlDialect.Sqlite, query, write, meets);
        Require(SqlDialect.PostgreSql, query, write, meets);
    }

    private static void Require(SqlDialect dialect, string query, string write, bool meets)
    {
        var read = Analyze(dialect, query);
        if (!read.IsCacheable)
        {
            Assert.True(meets, read.NotCacheable);
            return;
        }

        var builder = new WriteSetBuilder();
        builder.Add(Analyze(dialect, write), TestParameters.None, new WriteObservation { Affected = 1 });
        Assert.Equal(meets, read.ReadTemplate.Bind(TestParameters.None).Intersect(builder.ToTags()).Any());
    }

    // The status is a column whose values are told.
    private static StatementAnalysis Analyze(SqlDialect dialect, string text)
    {
        var declarations = new SchemaDeclarations();
        declarations.EligibleColumns[dialect == SqlDialect.Sqlite ? "orders" : "public.orders"] = ["status"];
        return Assert.Single(new SqlAnalyzer(TestSchemas.Shop(dialect, declarations)).Analyze(text).Statements);
    }
}
