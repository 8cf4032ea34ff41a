using Larder.Freshness;
using Larder.SqlAnalysis;
using Larder.SqlAnalysis.Schema;
using Larder.SqlAnalysis.Statements;

namespace Larder.Tests.SqlAnalysis;

/// <summary>The third form of tags: a child is known by a column of its parent.</summary>
public sealed class ParentPathTests
{
    private const string Joined = "SELECT i.id FROM orders o JOIN items i ON i.order_id = o.id WHERE o.customer_id = 3";

    [Theory]
    [InlineData(SqlDialect.Sqlite, Joined)]
    [InlineData(SqlDialect.PostgreSql, Joined)]
    [InlineData(SqlDialect.Sqlite, "SELECT (SELECT count(*) FROM items i WHERE i.order_id = o.id) FROM orders o WHERE o.customer_id = 3")]
    [InlineData(SqlDialect.PostgreSql, "SELECT 1 FROM orders o LEFT JOIN items i ON o.id = i.order_id WHERE o.customer_id = 3")]
    public void Bind_ChildOfPinnedParents_IsPinnedOnThePath(SqlDialect dialect, string text)
    {
        var path = PathName(dialect);

        Assert.Equal(
            TestSchemas.Tags(dialect, "orders!", "orders.customer_id!", "orders.customer_id=3", "items!", path + "!", path + "=3"),
            Bind(Analyzer(dialect), text));
    }

    [Theory]
    [InlineData("SELECT 1 FROM items i LEFT JOIN orders o ON o.id = i.order_id AND o.customer_id = 3")]
    [InlineData("SELECT 1 FROM orders o JOIN items i ON i.product_id = o.id WHERE o.customer_id = 3")]
    [InlineData("SELECT 1 FROM orders o JOIN items i ON i.order_id = o.id WHERE o.customer_id > 3")]
    [InlineData("SELECT 1 FROM orders o JOIN items i ON i.order_id = o.id OR i.id = 1 WHERE o.customer_id = 3")]
    [InlineData("SELECT 1 FROM orders o FULL JOIN items i ON i.order_id = o.id WHERE o.customer_id = 3")]
    public void Bind_ParentDoesNotDecide_ReadsTheChildAsAWhole(string text) =>
        Assert.Superset(TestSchemas.Tags(SqlDialect.PostgreSql, "items"), Bind(Analyzer(SqlDialect.PostgreSql), text));

    [Fact]
    public void ToTags_ParentsWereRead_NamesTheirValues()
    {
        var (builder, query) = Inserted(SqlDialect.PostgreSql);

        Assert.Equal("SELECT \"id\", \"customer_id\" FROM \"public\".\"orders\" WHERE \"id\" IN (@parent0) FOR SHARE", query.Text);
        Assert.Equal(("@parent0", (object)5L), (query.Parameters[0].Key, query.Parameters[0].Value));
        builder.AddParents(query, [[5L, 3]]);
        var tags = builder.ToTags();
        Assert.Contains(Fine(PathName(SqlDialect.PostgreSql) + "=3"), tags);
        Assert.DoesNotContain(Coarse(PathName(SqlDialect.PostgreSql) + "!"), tags);
        Assert.Empty(builder.ParentQueries());
    }

    [Fact]
    public void ToTags_ParentsWereNotRead_NamesThePathsWildcard() =>
        Assert.Contains(Coarse(PathName(SqlDialect.PostgreSql) + "!"), Inserted(SqlDialect.PostgreSql).Builder.ToTags());

    [Fact]
    public void ToTags_AParentWasNotFound_NamesThePathsWildcard()
    {
        var (builder, query) = Inserted(SqlDialect.PostgreSql);

        builder.AddParents(query, []);

        Assert.Contains(Coarse(PathName(SqlDialect.PostgreSql) + "!"), builder.ToTags());
    }

    [Fact]
    public void ToTags_AnotherChildFollows_ItsParentIsUnknown()
    {
        var analyzer = Analyzer(SqlDialect.PostgreSql);
        var (builder, query) = Inserted(SqlDialect.PostgreSql);
        builder.AddParents(query, [[5L, 3]]);

        builder.Add(Single(analyzer, "INSERT INTO items (id, order_id, product_id) VALUES (2, 6, 1)"), TestParameters.None, new WriteObservation { Affected = 1 });

        Assert.Contains(Coarse(PathName(SqlDialect.PostgreSql) + "!"), builder.ToTags());
        Assert.Equal(6L, Assert.Single(Assert.Single(builder.ParentQueries()).Parameters).Value);
    }

    [Fact]
    public void ToTags_ChildMoves_NamesBothParents()
    {
        var builder = new WriteSetBuilder();
        var move = Single(Analyzer(SqlDialect.PostgreSql), "UPDATE items SET order_id = 6 WHERE order_id = 5");

        builder.Add(move, TestParameters.None, new WriteObservation { Affected = 1 });
        var query = Assert.Single(builder.ParentQueries());
        builder.AddParents(query, [[5L, 3L], [6L, 4L]]);

        Assert.Equal(2, query.Parameters.Length);
        var tags = builder.ToTags();
        Assert.Contains(Fine(PathName(SqlDialect.PostgreSql) + "=3"), tags);
        Assert.Contains(Fine(PathName(SqlDialect.PostgreSql) + "=4"), tags);
    }

    [Fact]
    public void ToTags_ChildsKeyIsUnknown_NamesThePathsWildcard()
    {
        var builder = new WriteSetBuilder();

        builder.Add(Single(Analyzer(SqlDialect.PostgreSql), "DELETE FROM items WHERE id = 1"), TestParameters.None, new WriteObservation { Affected = 1 });

        Assert.Empty(builder.ParentQueries());
        Assert.Contains(Coarse(PathName(SqlDialect.PostgreSql) + "!"), builder.ToTags());
    }

    private static (WriteSetBuilder Builder, ParentQuery Query) Inserted(SqlDialect dialect)
    {
        var builder = new WriteSetBuilder();
        builder.Add(
            Single(Analyzer(dialect), "INSERT INTO items (id, order_id, product_id) VALUES (1, 5, 1)"), TestParameters.None, new WriteObservation { Affected = 1 });
        return (builder, Assert.Single(builder.ParentQueries()));
    }

    private static SqlAnalyzer Analyzer(SqlDialect dialect)
    {
        var declarations = new SchemaDeclarations();
        declarations.ParentPaths[dialect == SqlDialect.Sqlite ? "items" : "public.items"] = [new ParentPath("order_id", "customer_id")];
        return new SqlAnalyzer(TestSchemas.Shop(dialect, declarations));
    }

    private static StatementAnalysis Single(SqlAnalyzer analyzer, string text) => Assert.Single(analyzer.Analyze(text).Statements);

    private static HashSet<Tag> Bind(SqlAnalyzer analyzer, string text) => [.. TestSchemas.RowsOf(Single(analyzer, text)).Bind(TestParameters.None)];

    private static string PathName(SqlDialect dialect) => dialect == SqlDialect.Sqlite ? "items.order_id\u2192orders.customer_id" : "items.order_id\u2192public.orders.customer_id";

    private static Tag Fine(string name) => Tag.Fine("db.public." + name);

    private static Tag Coarse(string name) => Tag.Coarse("db.public." + name);
}
