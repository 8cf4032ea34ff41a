using Erp.Database;
using Larder.Bench.Databases;

namespace Larder.Bench.Costs;

/// <summary>Measures what freshness costs: each statement, each new text, each hit and each commit.</summary>
internal static class CostsCommand
{
    /// <returns>The exit code: 1 when a target was missed, or the machine was too busy to tell.</returns>
    public static async Task<int> RunAsync(string[] arguments)
    {
        CostsOptions options;
        try
        {
            options = CostsOptions.Parse(arguments);
        }
        catch (FormatException exception)
        {
            await Console.Error.WriteLineAsync($"{exception.Message}\n\n{CostsOptions.Usage}");
            return 2;
        }

        var report = new CostsReport(options);
        var meter = new CostMeter(options.Rounds);
        foreach (var kind in options.Databases)
        {
            if (kind == DatabaseKind.PostgreSql)
            {
                await MeasurePostgreSqlAsync(meter, report);
            }
            else
            {
                await MeasureSqliteAsync(meter, report);
            }
        }

        report.Add(await HitCosts.MeasureAsync(meter));
        await report.EndAsync();
        return report.IsMet ? 0 : 1;
    }

    private static async Task MeasureSqliteAsync(CostMeter meter, CostsReport report)
    {
        var folder = Directory.CreateTempSubdirectory("larder-bench-costs-");
        try
        {
            await MeasureAsync($"Data Source={Path.Combine(folder.FullName, "erp.db")}", serverProcessId: null, meter, report);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task MeasurePostgreSqlAsync(CostMeter meter, CostsReport report)
    {
        var given = Environment.GetEnvironmentVariable(BenchDatabase.PostgreSqlVariable);
        await using var server = string.IsNullOrEmpty(given) ? await PrivatePostgreSql.StartAsync(CancellationToken.None) : null;
        await MeasureAsync(server?.ConnectionString ?? given!, server?.ProcessId, meter, report);
    }

    private static async Task MeasureAsync(string connectionString, int? serverProcessId, CostMeter meter, CostsReport report)
    {
        var database = await BenchDatabase.PrepareAsync(connectionString, serverProcessId, importFolder: null, CancellationToken.None);
        report.Add(await StatementCosts.MeasureAsync(database, meter));
        report.Add(await SectionCosts.MeasureAsync(database, meter));
        report.Add(await AnalysisCosts.MeasureAsync(database, meter));
        report.Add(await CommitCosts.MeasureAsync(database, meter));
    }
}
