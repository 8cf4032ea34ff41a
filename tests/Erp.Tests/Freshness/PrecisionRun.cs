using System.Text.Json;
using Dapper;
using Larder.Bench.Workload;

namespace Erp.Tests.Freshness;

/// <summary>The ERP under one variant, beside another one that tells the truth, on a database of their own.</summary>
internal sealed class PrecisionRun : IAsyncDisposable
{
    private readonly ErpTestDatabase _database;
    private readonly SectionReference _reference;
    private readonly WorkloadClock _clock;
    private readonly DateOnly _day;

    private PrecisionRun(ErpTestDatabase database, WorkloadHost host, SectionReference reference, WorkloadClock clock, DateOnly day) =>
        (_database, Host, _reference, _clock, _day) = (database, host, reference, clock, day);

    public WorkloadHost Host { get; }

    public static async Task<PrecisionRun> StartAsync(FreshnessVariant variant, bool adventureWorks)
    {
        var database = await ErpTestDatabase.CreateAsync(TestDatabaseKind.Sqlite, adventureWorks ? TestContent.AdventureWorks : TestContent.Demo);
        var day = adventureWorks ? ErpTestDatabase.AdventureWorksDay : ErpTestDatabase.DemoDay;
        var clock = new WorkloadClock(day);
        var host = await WorkloadHost.StartAsync(variant, database.ConnectionString, clock);
        var reference = new SectionReference(await WorkloadHost.StartAsync(FreshnessVariant.Lifetime, database.ConnectionString, clock));
        return new PrecisionRun(database, host, reference, clock, day);
    }

    public static long TotalQuantity(WorkloadAnswer answer)
    {
        using var data = JsonDocument.Parse(answer.Data());
        return data.RootElement.GetProperty("inventory").GetProperty("total_quantity").GetInt64();
    }

    public async Task<FreshnessFindings> CheckAsync(double writeShare, int operations, bool judgesWrites = true) =>
        await new FreshnessCheck(Host, _reference, _clock).RunAsync(await PrepareAsync(writeShare), operations, judgesWrites);

    /// <summary>Compares reads that the cache had no part in, too.</summary>
    public async Task<FreshnessFindings> CheckEveryReadAsync(double writeShare, int operations) =>
        await new FreshnessCheck(Host, _reference, _clock) { ComparesEveryRead = true }.RunAsync(await PrepareAsync(writeShare), operations, judgesWrites: false);

    public async Task<(long Product, long Warehouse)> AnyStockAsync()
    {
        await using var connection = await _database.Database.DataSource.OpenConnectionAsync();
        return await connection.QueryFirstAsync<(long, long)>("SELECT product_id, warehouse_id FROM inventory ORDER BY product_id, warehouse_id");
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        await _reference.DisposeAsync();
        await _database.DisposeAsync();
    }

    private Task<ErpWorkload> PrepareAsync(double writeShare) => ErpWorkload.PrepareAsync(_database.ConnectionString, _day, writeShare);
}
