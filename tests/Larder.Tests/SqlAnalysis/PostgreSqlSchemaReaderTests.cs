using Larder.SqlAnalysis.Schema;
using Larder.SqlAnalysis.Statements;
using Npgsql;

namespace Larder.Tests.SqlAnalysis;

public sealed class PostgreSqlSchemaReaderTests : IAsyncLifetime
{
    private readonly string _schema = $"reader_{Guid.NewGuid():N}";
    private NpgsqlConnection? _connection;

    public async ValueTask InitializeAsync()
    {
        var connectionString = Environment.GetEnvironmentVariable("LARDER_TEST_POSTGRES");
        if (string.IsNullOrEmpty(connectionString))
        {
            Assert.NotEqual("1", Environment.GetEnvironmentVariable("LARDER_TEST_REQUIRE_SERVICES"));
            Assert.Skip("LARDER_TEST_POSTGRES is not set; ./test.sh sets it.");
        }

        _connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { SearchPath = _schema, Pooling = false }.ConnectionString);
        await _connection.OpenAsync();
        await ExecuteAsync($"CREATE SCHEMA {_schema}");
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection is null)
            return;
        await ExecuteAsync($"DROP SCHEMA {_schema} CASCADE");
        await _connection.DisposeAsync();
    }

    [Fact]
    public async Task ReadAsync_Columns_HaveTheTypesThatEqualityHas()
    {
        var relation = (await ReadAsync(
            "CREATE COLLATION loose (provider = icu, locale = 'und', deterministic = false); CREATE DOMAIN positive AS int; CREATE TABLE t "
            + "(id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, s smallint UNIQUE, code text UNIQUE, short varchar(3) UNIQUE, fixed char(3) UNIQUE, price numeric UNIQUE, "
            + "u uuid UNIQUE, f boolean UNIQUE, l text COLLATE loose UNIQUE, p positive UNIQUE, c text COLLATE \"C\" UNIQUE, \"Q\" int UNIQUE, at timestamptz UNIQUE)")).Find(null, "t")!;

        Assert.Equal(["id", "s", "code", "short", "u", "f", "c", "Q"], relation.Eligible.Select(column => column.Name));
        Assert.True(relation.Column("id")!.Definition.IsIdentity);
        Assert.Equal(3, relation.Column("short")!.Definition.MaxLength);
    }

    [Fact]
    public async Task ReadAsync_PartitionsAndChildren_AreTheirRoot()
    {
        var model = await ReadAsync(
            "CREATE TABLE t (id int PRIMARY KEY) PARTITION BY RANGE (id); CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (9) PARTITION BY RANGE (id); "
            + "CREATE TABLE t2 PARTITION OF t1 FOR VALUES FROM (0) TO (5); CREATE TABLE p (a int); CREATE TABLE q () INHERITS (p)");

        Assert.Same(model.Find(null, "t"), model.Find(null, "t2"));
        Assert.Same(model.Find(null, "p"), model.Find(null, "q"));
    }

    [Fact]
    public async Task ReadAsync_RulesAndRowSecurityAndUndeclaredTriggers_AreNotTrusted()
    {
        var model = await ReadAsync(
            "CREATE TABLE ruled (id int PRIMARY KEY); CREATE TABLE secured (id int PRIMARY KEY); ALTER TABLE secured ENABLE ROW LEVEL SECURITY; "
            + "CREATE RULE r AS ON INSERT TO ruled DO ALSO DELETE FROM secured; CREATE TABLE watched (id int PRIMARY KEY); "
            + "CREATE FUNCTION watch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TRIGGER w BEFORE UPDATE ON watched FOR EACH ROW EXECUTE FUNCTION watch()");
        var analyzer = new SqlAnalyzer(model);

        Assert.Contains("rules", analyzer.Analyze("INSERT INTO ruled VALUES (1)").Statements[0].WritesAnything);
        Assert.Contains("row security", analyzer.Analyze("SELECT * FROM secured").NotCacheable);
        Assert.Contains("trigger w", analyzer.Analyze("UPDATE watched SET id = 2 WHERE id = 1").Statements[0].WritesAnything);
        Assert.Null(analyzer.Analyze("DELETE FROM watched WHERE id = 1").Statements[0].WritesAnything);
        Assert.NotNull(analyzer.Analyze("SELECT watch()").Statements[0].WritesAnything);
    }

    [Fact]
    public async Task ReadAsync_Views_ReadTheirTables()
    {
        var model = await ReadAsync(
            "CREATE TABLE a (id int PRIMARY KEY, at timestamptz); CREATE TABLE b (id int PRIMARY KEY); CREATE VIEW v AS SELECT id FROM a WHERE id IN (SELECT id FROM b); "
            + "CREATE VIEW w AS SELECT v.id FROM v; CREATE VIEW late AS SELECT id FROM a WHERE at < now(); CREATE MATERIALIZED VIEW m AS SELECT id FROM a");
        var analyzer = new SqlAnalyzer(model);

        Assert.Equal(["a", "b"], analyzer.Analyze("SELECT * FROM w").Statements[0].Reads.Select(read => read.Relation.Definition.Name).Order());
        Assert.Contains("now()", analyzer.Analyze("SELECT * FROM late").NotCacheable);
        Assert.Equal(["m"], analyzer.Analyze("SELECT * FROM m").Statements[0].Reads.Select(read => read.Relation.Definition.Name));
        Assert.Equal(["m"], analyzer.Analyze("REFRESH MATERIALIZED VIEW CONCURRENTLY m").Statements[0].Writes.Select(write => write.Relation.Definition.Name));
    }

    [Fact]
    public async Task ReadAsync_CompositeForeignKey_KeepsItsOrder()
    {
        var model = await ReadAsync(
            "CREATE TABLE p (x int, y int, PRIMARY KEY (y, x)); CREATE TABLE c (b int, a int, FOREIGN KEY (a, b) REFERENCES p (y, x) ON DELETE SET NULL ON UPDATE CASCADE)");
        var (child, key) = Assert.Single(model.Find(null, "p")!.ReferencedBy);

        Assert.Equal("c", child.Definition.Name);
        Assert.Equal(["a", "b"], key.Columns);
        Assert.Equal(["y", "x"], key.ReferencedColumns);
        Assert.Equal((ReferentialAction.SetNull, ReferentialAction.Cascade), (key.OnDelete, key.OnUpdate));
    }

    [Theory]
    [InlineData("ALTER TABLE t ADD COLUMN b int")]
    [InlineData("CREATE TABLE u (id int)")]
    [InlineData("DROP TABLE t")]
    [InlineData("ALTER TABLE t ALTER COLUMN a SET DEFAULT 4")]
    [InlineData("CREATE UNIQUE INDEX i ON t (a)")]
    [InlineData("ALTER TABLE t ENABLE ROW LEVEL SECURITY")]
    [InlineData("CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'")]
    [InlineData("CREATE VIEW v AS SELECT * FROM t")]
    [InlineData("CREATE RULE r AS ON DELETE TO t DO INSTEAD NOTHING")]
    [InlineData("ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES t (id)")]
    public async Task ReadVersionAsync_SchemaChanges_Changes(string change)
    {
        await ExecuteAsync("CREATE TABLE t (id int PRIMARY KEY, a int)");
        var before = await PostgreSqlSchemaReader.ReadVersionAsync(_connection!);
        await ExecuteAsync("INSERT INTO t VALUES (1, NULL)");
        await ExecuteAsync(change);

        Assert.NotEqual(before, await PostgreSqlSchemaReader.ReadVersionAsync(_connection!));
    }

    private async Task<SchemaModel> ReadAsync(string schema)
    {
        await ExecuteAsync(schema);
        return await PostgreSqlSchemaReader.ReadAsync(_connection!, "db");
    }

    private async Task ExecuteAsync(string text)
    {
        await using var command = new NpgsqlCommand(text, _connection);
        await command.ExecuteNonQueryAsync();
    }
}
