using Larder.SqlAnalysis.Schema;
using Larder.SqlAnalysis.Statements;
using Microsoft.Data.Sqlite;

namespace Larder.Tests.SqlAnalysis;

public sealed class SqliteSchemaReaderTests : IAsyncLifetime
{
    private readonly SqliteConnection _connection = new("Data Source=:memory:");

    public async ValueTask InitializeAsync() => await _connection.OpenAsync();

    public async ValueTask DisposeAsync() => await _connection.DisposeAsync();

    [Fact]
    public async Task ReadAsync_Columns_HaveTheTypesThatEqualityHas()
    {
        var model = await ReadAsync(
            "CREATE TABLE Parent (Id INTEGER PRIMARY KEY, Code VARCHAR(10) UNIQUE, Nick TEXT COLLATE NOCASE UNIQUE, Price REAL UNIQUE, Raw BLOB UNIQUE, Any_ UNIQUE, "
            + "D DECIMAL(10,2) UNIQUE, [Up per] TEXT COLLATE BINARY UNIQUE, a INT, twice INT GENERATED ALWAYS AS (a * 2) UNIQUE)");
        var relation = model.Find("parent")!;

        Assert.Equal(["id", "code", "d", "up per", "twice"], relation.Eligible.Select(column => column.Name));
        Assert.True(relation.Column("id")!.Definition.IsIdentity);
        Assert.True(relation.Column("twice")!.Definition.IsGenerated);
        Assert.Equal(ExactType.None, relation.Column("nick")!.Definition.Exact);
    }

    [Fact]
    public async Task ReadAsync_KeyWithACollationOfItsOwn_IsNoKey()
    {
        var model = await ReadAsync("CREATE TABLE t (id INTEGER PRIMARY KEY, code TEXT); CREATE UNIQUE INDEX i ON t (code COLLATE NOCASE)");

        Assert.False(model.Find("t")!.IsKeyOf(["code"]));
    }

    [Fact]
    public async Task ReadAsync_PartialOrExpressionIndex_IsNoKey()
    {
        var model = await ReadAsync("CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, b INT); CREATE UNIQUE INDEX i ON t (a) WHERE b = 1; CREATE UNIQUE INDEX j ON t (abs(b))");

        Assert.Equal(["id"], model.Find("t")!.Eligible.Select(column => column.Name));
    }

    [Fact]
    public async Task ReadAsync_CascadesAndTriggers_AreFollowed()
    {
        var model = await ReadAsync(
            "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (id INTEGER PRIMARY KEY, p_id INT REFERENCES p ON DELETE CASCADE); CREATE TABLE log (a);"
            + "CREATE TRIGGER g AFTER DELETE ON c BEGIN INSERT INTO log VALUES (CASE WHEN OLD.id = 1 THEN 1 END); UPDATE log SET a = 2; END");
        var writes = new SqlAnalyzer(model).Analyze("DELETE FROM p WHERE id = 1").Statements[0].Writes;

        Assert.Equal(["p", "c", "log"], writes.Select(write => write.Relation.Definition.Name).Distinct());
    }

    [Fact]
    public async Task ReadAsync_ConflictIsResolvedByReplacing_TouchesAnyRow()
    {
        var model = await ReadAsync("CREATE TABLE t (id INTEGER PRIMARY KEY, a INT UNIQUE ON CONFLICT REPLACE)");

        Assert.True(Assert.Single(new SqlAnalyzer(model).Analyze("INSERT INTO t (id, a) VALUES (1, 2)").Statements[0].Writes).IsAnyRow);
    }

    [Fact]
    public async Task ReadAsync_VirtualTable_IsNotCached()
    {
        var model = await ReadAsync("CREATE VIRTUAL TABLE f USING fts5(a)");

        Assert.NotNull(new SqlAnalyzer(model).Analyze("SELECT * FROM f").NotCacheable);
        Assert.NotNull(new SqlAnalyzer(model).Analyze("SELECT * FROM f_content").NotCacheable);
    }

    [Fact]
    public async Task ReadAsync_ViewOverViews_ReadsTheTables()
    {
        var model = await ReadAsync(
            "CREATE TABLE a (id INTEGER PRIMARY KEY); CREATE TABLE b (id INTEGER PRIMARY KEY); CREATE VIEW z AS SELECT id FROM a; "
            + "CREATE VIEW y AS SELECT id FROM z UNION SELECT id FROM b; CREATE VIEW x(renamed) AS SELECT id FROM y");
        var reads = new SqlAnalyzer(model).Analyze("SELECT * FROM x WHERE renamed = 1").Statements[0].Reads;

        Assert.Equal(["a", "b"], reads.Select(read => read.Relation.Definition.Name).Order());
    }

    [Fact]
    public async Task ReadVersionAsync_SchemaChanges_ChangesAndWritesDoNot()
    {
        var before = await ReadAsync("CREATE TABLE t (id INTEGER PRIMARY KEY)");
        var first = await SqliteSchemaReader.ReadVersionAsync(_connection);
        await ExecuteAsync("INSERT INTO t VALUES (1)");
        var second = await SqliteSchemaReader.ReadVersionAsync(_connection);
        var after = await ReadAsync("ALTER TABLE t ADD COLUMN a INT");

        Assert.Equal(first, second);
        Assert.NotEqual(first, await SqliteSchemaReader.ReadVersionAsync(_connection));
        Assert.NotEqual(before.Hash, after.Hash);
    }

    private async Task<SchemaModel> ReadAsync(string schema)
    {
        await ExecuteAsync(schema);
        return await SqliteSchemaReader.ReadAsync(_connection, "db");
    }

    private async Task ExecuteAsync(string text)
    {
        await using var command = _connection.CreateCommand();
        command.CommandText = text;
        await command.ExecuteNonQueryAsync();
    }
}
