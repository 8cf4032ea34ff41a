using Erp.Database;
using Larder.Bench.Databases;
using Larder.Bench.Workload;

namespace Larder.Bench.Freshness;

/// <summary>
/// Runs one workload under each variant, every run on a copy of the same data: (1) for its figures; (2) with the same seed again for its stale
/// reads; (3) at the share of writes that is judged, for what each kind of write invalidated and how much of it really changed.
/// </summary>
internal sealed class FreshnessCommand(FreshnessOptions options, WorkloadDatabase database, FreshnessReport report)
{
    private const int JudgedPercentage = 5;
    private const int OperationsUntilCompiled = 1000;

    public static async Task<int> RunAsync(string[] arguments)
    {
        FreshnessOptions options;
        try
        {
            options = FreshnessOptions.Parse(arguments);
        }
        catch (FormatException exception)
        {
            await Console.Error.WriteLineAsync($"{exception.Message}\n\n{FreshnessOptions.Usage}");
            return 2;
        }

        var isServer = options.Database == DatabaseKind.PostgreSql;
        var given = isServer ? Environment.GetEnvironmentVariable(BenchDatabase.PostgreSqlVariable) : null;
        await using var server = isServer && string.IsNullOrEmpty(given) ? await PrivatePostgreSql.StartAsync(CancellationToken.None) : null;
        await using var database = await WorkloadDatabase.PrepareAsync(isServer ? server?.ConnectionString ?? given : null, options.ImportFolder);
        var report = new FreshnessReport(options);
        report.Begin(database.Day);
        await new FreshnessCommand(options, database, report).RunAsync();
        report.End();
        return 0;
    }

    private async Task RunAsync()
    {
        // Compiles every path once, so that the first variant does not pay for it.
        await MeasureAsync(options.Variants[0], JudgedPercentage, warmUp: 0, OperationsUntilCompiled);
        foreach (var percentage in options.WritePercentages)
        {
            foreach (var variant in options.Variants)
            {
                var figures = await MeasureAsync(variant, percentage, options.WarmUp, options.Operations);
                var findings = await CheckAsync(variant, percentage);
                report.Add(new FreshnessResult(variant, percentage, figures, findings));
            }
        }
    }

    private async Task<WorkloadFigures> MeasureAsync(FreshnessVariant variant, int percentage, int warmUp, int operations)
    {
        var connectionString = await database.CopyAsync();
        var clock = new WorkloadClock(database.Day, options.Rate);
        var workload = await ErpWorkload.PrepareAsync(connectionString, database.Day, percentage / 100.0);
        await using var host = await WorkloadHost.StartAsync(variant, connectionString, clock);
        return await WorkloadRun.MeasureAsync(host, workload, clock, warmUp, operations);
    }

    private async Task<FreshnessFindings> CheckAsync(FreshnessVariant variant, int percentage)
    {
        var connectionString = await database.CopyAsync();
        var clock = new WorkloadClock(database.Day, options.Rate);
        var workload = await ErpWorkload.PrepareAsync(connectionString, database.Day, percentage / 100.0);
        await using var host = await WorkloadHost.StartAsync(variant, connectionString, clock);
        await using var reference = new SectionReference(await WorkloadHost.StartAsync(FreshnessVariant.Lifetime, connectionString, clock));
        var judgesWrites = percentage == JudgedPercentage && variant is (FreshnessVariant.Table or FreshnessVariant.Row);
        return await new FreshnessCheck(host, reference, clock).RunAsync(workload, Math.Min(options.Checked, options.WarmUp + options.Operations), judgesWrites);
    }
}
