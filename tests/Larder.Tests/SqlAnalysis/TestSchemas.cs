using System.Collections.Immutable;
using Larder.Freshness;
using Larder.SqlAnalysis;
using Larder.SqlAnalysis.Schema;
using Larder.SqlAnalysis.Statements;

namespace Larder.Tests.SqlAnalysis;

/// <summary>A small shop, as each of the readers would give it, and the words for asking about it.</summary>
internal static class TestSchemas
{
    public static SqlAnalyzer Sqlite { get; } = new(Shop(SqlDialect.Sqlite));

    public static SqlAnalyzer PostgreSql { get; } = new(Shop(SqlDialect.PostgreSql));

    public static SqlAnalyzer Of(SqlDialect dialect) => dialect == SqlDialect.Sqlite ? Sqlite : PostgreSql;

    /// <summary>The only statement of a text.</summary>
    public static StatementAnalysis Analyze(this SqlDialect dialect, string text) => Assert.Single(Of(dialect).Analyze(text).Statements);

    /// <summary>The tags of names: <c>orders</c>, <c>orders!</c>, <c>orders.id!</c>, <c>orders.id=5</c>.</summary>
    public static HashSet<Tag> Tags(SqlDialect dialect, params IEnumerable<string> names)
    {
        var prefix = dialect == SqlDialect.Sqlite ? "db." : "db.public.";
        return [.. names.Select(name => name.Contains('=', StringComparison.Ordinal) ? Tag.Fine(prefix + name) : Tag.Coarse(prefix + name))];
    }

    /// <summary>What a statement reads if any change of a row counts, whichever columns it uses.</summary>
    public static ReadTemplate RowsOf(StatementAnalysis analysis) => new([.. analysis.Reads.Select(read => read with { Facets = default })]);

    /// <summary>The tags of a write without those of its facets.</summary>
    public static HashSet<Tag> RowsOf(WriteSetBuilder written)
    {
        var tags = written.ToTags();
        var facets = Sqlite.Schema.Relations.Concat(PostgreSql.Schema.Relations).SelectMany(RowFacets.AllOf).Concat(tags).Append(RowFacets.Existence).ToList();
        var ofFacets = tags.SelectMany(tag => facets.Select(tag.Of)).ToHashSet();
        return [.. tags.Where(tag => !ofFacets.Contains(tag))];
    }

    public static SchemaModel Shop(SqlDialect dialect, SchemaDeclarations? declarations = null)
    {
        var isSqlite = dialect == SqlDialect.Sqlite;
        var (integer, text) = isSqlite ? (ExactType.SqliteInteger, ExactType.SqliteText) : (ExactType.Integer, ExactType.Text);
        var schema = isSqlite ? null : "public";
        var full = isSqlite ? "" : "public.";
        ColumnSchema Column(string name, ExactType exact = ExactType.None) =>
            new() { Name = name, Type = "", Exact = exact, IsIdentity = name == "id" };
        ForeignKeySchema Key(string column, string parent, ReferentialAction onDelete = ReferentialAction.None) =>
            new([column], full + parent, ["id"], onDelete, ReferentialAction.None);
        ImmutableArray<KeySchema> id = [new(["id"], true)];

        RelationSchema[] relations =
        [
            new()
            {
                Schema = schema, Name = "customers", Keys = [.. id, new(["code"], false)],
                Columns = [Column("id", integer), Column("code", text), Column("name", text), Column("nick")],
            },
            new()
            {
                Schema = schema, Name = "orders", Keys = id, ForeignKeys = [Key("customer_id", "customers")],
                Columns = [Column("id", integer), Column("customer_id", integer), Column("status", text), Column("total")],
            },
            new()
            {
                Schema = schema, Name = "items", Keys = id, ForeignKeys = [Key("order_id", "orders", ReferentialAction.Cascade), Key("product_id", "products")],
                Columns = [Column("id", integer), Column("order_id", integer), Column("product_id", integer), Column("quantity", integer)],
            },
            new() { Schema = schema, Name = "products", Keys = id, Columns = [Column("id", integer), Column("name", text)] },
            new() { Schema = schema, Name = "big_orders", Kind = RelationKind.View, Query = "SELECT o.* FROM orders o JOIN customers c ON c.id = o.customer_id" },
            new() { Schema = schema, Name = "fresh_orders", Kind = RelationKind.View, Query = "SELECT * FROM orders WHERE total > random()" },
            new() { Schema = schema, Name = "feed", Kind = RelationKind.Opaque, Columns = [Column("id", integer)] },
            new()
            {
                Schema = schema, Name = "audited", Keys = id, Columns = [Column("id", integer), Column("a", integer)],
                Triggers = [new() { Name = "audit", Events = RowEvents.Update, Body = isSqlite ? "INSERT INTO products (name) VALUES (NEW.a);" : null, Function = "audit" }],
            },
        ];
        return new SchemaModel("db", dialect, relations, ["public"], ["discount"], declarations);
    }
}

/// <summary>Parameters by name.</summary>
internal sealed class TestParameters(params (string Name, object? Value)[] values) : ISqlParameters
{
    public static TestParameters None { get; } = new();

    public bool TryGet(in SqlParameterReference parameter, out object? value)
    {
        foreach (var (name, candidate) in values)
        {
            if (name != parameter.Name)
                continue;
            value = candidate;
            return true;
        }

        value = null;
        return false;
    }
}
