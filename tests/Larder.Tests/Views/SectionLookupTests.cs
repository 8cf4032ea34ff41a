using Larder.SqlAnalysis;
using Larder.Tests.Data;
using Larder.Views;
using Larder.Views.Sources;

namespace Larder.Tests.Views;

/// <summary>Sections whose tables are looked up: when a probe is run, and that what is dropped does not depend on it.</summary>
public sealed class SectionLookupTests
{
    private static readonly View Told = ViewOf(Sql.Row<Part>("SELECT p.label, i.name, p.item_id FROM parts p JOIN items i ON i.id = p.item_id WHERE p.id = @id"));

    private static readonly View Probed = ViewOf(Sql.Row<Part>("SELECT p.label, i.name FROM parts p JOIN items i ON i.id = p.item_id WHERE p.id = @id"));

    private static readonly View List = ViewOf(
        Sql.Rows<Part>("SELECT p.label, i.name, p.item_id FROM parts p LEFT JOIN items i ON i.id = p.item_id WHERE p.id IN (@id, 2) ORDER BY p.id"));

    public static TheoryData<SqlDialect> Both => TrackedHost.Both;

    [Theory]
    [MemberData(nameof(Both))]
    public async Task ExecuteAsync_ResultHasTheValue_RunsNoProbeAndIsDroppedByThatRowAlone(SqlDialect dialect)
    {
        await using var host = await TrackedHost.StartAsync(dialect);

        Assert.Equal(("""{"label":"head","name":"Hammer"}""", 1), await GetAsync(host, Told));
        await host.ExecuteAsync("UPDATE items SET name = 'Blade' WHERE id = 2");
        Assert.Equal(("""{"label":"head","name":"Hammer"}""", 0), await GetAsync(host, Told));
        await host.ExecuteAsync("UPDATE items SET name = 'Mallet' WHERE id = 1");
        Assert.Equal(("""{"label":"head","name":"Mallet"}""", 1), await GetAsync(host, Told));
        await host.ExecuteAsync("UPDATE parts SET item_id = 2 WHERE id = 1");
        Assert.Equal(("""{"label":"head","name":"Blade"}""", 1), await GetAsync(host, Told));
        await host.ExecuteAsync("UPDATE items SET name = 'Saw' WHERE id = 2");
        Assert.Equal(("""{"label":"head","name":"Saw"}""", 1), await GetAsync(host, Told));
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task ExecuteAsync_NothingComesBack_IsDroppedWhateverComes(SqlDialect dialect)
    {
        await using var host = await TrackedHost.StartAsync(dialect);
        await host.ExecuteAsync("DELETE FROM parts WHERE id = 1");

        Assert.Equal(("null", 1), await GetAsync(host, Told));
        await host.ExecuteAsync("INSERT INTO items VALUES (4, 'Nail', 1)");
        Assert.Equal(("null", 1), await GetAsync(host, Told));
        await host.ExecuteAsync("INSERT INTO parts VALUES (1, 4, 'point')");
        Assert.Equal(("""{"label":"point","name":"Nail"}""", 1), await GetAsync(host, Told));
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task ExecuteAsync_ProbeWasRun_IsRunAgainOnlyOnceItsOwnRowsWereWritten(SqlDialect dialect)
    {
        await using var host = await TrackedHost.StartAsync(dialect);

        Assert.Equal(("""{"label":"head","name":"Hammer"}""", 2), await GetAsync(host, Probed));
        await host.ExecuteAsync("UPDATE items SET name = 'Mallet' WHERE id = 1");
        Assert.Equal(("""{"label":"head","name":"Mallet"}""", 1), await GetAsync(host, Probed));
        await host.ExecuteAsync("UPDATE parts SET label = 'top' WHERE id = 1");
        Assert.Equal(("""{"label":"top","name":"Mallet"}""", 1), await GetAsync(host, Probed));
        await host.ExecuteAsync("UPDATE parts SET item_id = 2 WHERE id = 1");
        Assert.Equal(("""{"label":"top","name":"Saw"}""", 2), await GetAsync(host, Probed));
        await host.ExecuteAsync("UPDATE items SET name = 'Jigsaw' WHERE id = 2");
        Assert.Equal(("""{"label":"top","name":"Jigsaw"}""", 1), await GetAsync(host, Probed));
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task ExecuteAsync_ResultOfAnotherViewHadTheValue_RunsNoProbe(SqlDialect dialect)
    {
        await using var host = await TrackedHost.StartAsync(dialect);

        await GetAsync(host, Told);
        Assert.Equal(("""{"label":"head","name":"Hammer"}""", 1), await GetAsync(host, Probed));
        await host.ExecuteAsync("UPDATE items SET name = 'Mallet' WHERE id = 1");
        Assert.Equal(("""{"label":"head","name":"Mallet"}""", 1), await GetAsync(host, Probed));
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task ExecuteAsync_AllRowsComeBack_IsDroppedByTheirs(SqlDialect dialect)
    {
        await using var host = await TrackedHost.StartAsync(dialect);

        Assert.Equal(("""[{"label":"head","name":"Hammer"},{"label":"shaft","name":"Hammer"}]""", 1), await GetAsync(host, List));
        await host.ExecuteAsync("UPDATE items SET name = 'Blade' WHERE id = 2");
        Assert.Equal(0, (await GetAsync(host, List)).Statements);
        await host.ExecuteAsync("UPDATE items SET name = 'Mallet' WHERE id = 1");
        Assert.Equal(("""[{"label":"head","name":"Mallet"},{"label":"shaft","name":"Mallet"}]""", 1), await GetAsync(host, List));
        await host.ExecuteAsync("DELETE FROM parts WHERE item_id = 1");
        Assert.Equal(("[]", 1), await GetAsync(host, List));
        await host.ExecuteAsync("UPDATE items SET name = 'Hammer' WHERE id = 1");
        Assert.Equal(("[]", 0), await GetAsync(host, List));
        await host.ExecuteAsync("INSERT INTO parts VALUES (2, 1, 'grip')");
        Assert.Equal(("""[{"label":"grip","name":"Hammer"}]""", 1), await GetAsync(host, List));
    }

    [Fact]
    public async Task ExecuteAsync_RememberedValueOutlivesItsSection_ItExpires()
    {
        await using var host = await TrackedHost.StartAsync(SqlDialect.Sqlite);

        await GetAsync(host, Probed);
        await host.ExecuteBehindAsync("UPDATE parts SET item_id = 2 WHERE id = 1");
        host.Time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(("""{"label":"head","name":"Saw"}""", 2), await GetAsync(host, Probed));
    }

    private static View ViewOf(SectionSource source) => View.Create("lookup").Parameter<int>("id").Optional("part", source).Build();

    private static async Task<(string Json, long Statements)> GetAsync(TrackedHost host, View view)
    {
        var before = host.Statements;
        var result = await host.Executor.ExecuteAsync(ViewHost.Bind(view, host.Time, "id=1", out _), CancellationToken.None);
        return (System.Text.Encoding.UTF8.GetString(result.JsonOf("part")!.Value.Span), host.Statements - before);
    }

    private sealed record Part(string Label, string Name);
}
