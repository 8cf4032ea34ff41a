using Larder.Bench.Databases;
using Larder.Bench.Views;
using Larder.Data.Tracking;
using Larder.SqlAnalysis.Statements;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace Larder.Bench.Costs;

/// <summary>A tracked transaction of one update without what its database takes: the flow's mark, the tags of the row, the publication.</summary>
internal static class CommitCosts
{
    private const string Text = "UPDATE products SET description = @description WHERE id = @id";

    public static async Task<IReadOnlyList<CostLine>> MeasureAsync(BenchDatabase database, CostMeter meter)
    {
        await using var rig = new LarderRig(database.ConnectionString, isCold: true);
        var tracked = rig.Services.GetRequiredService<TrackedDatabase>();
        var analyzer = await tracked.Schema.GetAsync(CancellationToken.None);
        var statement = analyzer.Analyze(Text).Statements[0];
        using var command = new SqliteCommand();
        command.Parameters.AddWithValue("@description", "as described");
        command.Parameters.AddWithValue("@id", database.ProductIds[0]);
        var parameters = new DbSqlParameters(command.Parameters, tracked.Dialect);

        var pending = new PendingWrites();
        pending.Add(analyzer, statement, parameters, new WriteObservation { Affected = 1 });
        var tags = pending.ToWriteSet(analyzer).Tags.Length;
        var commit = new CostSubject(count => CommitAsync(tracked, analyzer, statement, parameters, count));
        await meter.MeasureAsync(commit);
        return [CostLine.Of(database.Name, $"a tracked transaction of one update ({tags} tags), without its database", commit, target: 5000)];
    }

    private static async Task CommitAsync(TrackedDatabase tracked, SqlAnalyzer analyzer, StatementAnalysis statement, DbSqlParameters parameters, int count)
    {
        var session = new TrackedSession(tracked);
        for (var i = 0; i < count; i++)
        {
            session.EnterAmbient();
            session.Begin();
            session.Add(analyzer, statement, parameters, new WriteObservation { Affected = 1 });
            await session.CommittedAsync();
        }
    }
}
