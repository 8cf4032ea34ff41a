using System.Globalization;
using System.Runtime.InteropServices;
using Erp.Database;
using Larder.Bench.Databases;
using Larder.Bench.Network;
using Larder.Bench.Processes;
using Npgsql;

namespace Larder.Bench.Views;

/// <summary>
/// Measures what one product view costs: (1) a database of this run's own is filled; (2) every variant is warmed up; (3) the variants
/// take turns, round by round; and all of it again over a network of 1 ms.
/// </summary>
internal sealed class ViewsCommand(ViewsOptions options, ViewsReport report, CancellationToken cancellationToken)
{
    private const double NetworkDelayMicroseconds = 500;
    private const int RoundTripSamples = 20;
    private const int Seed = 240_607;

    private static readonly int[] Concurrencies = [1, 16];
    private static readonly TimeSpan FirstWarmUp = TimeSpan.FromSeconds(0.8);
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(0.2);

    public static async Task<int> RunAsync(string[] arguments)
    {
        ViewsOptions options;
        try
        {
            options = ViewsOptions.Parse(arguments);
        }
        catch (FormatException exception)
        {
            await Console.Error.WriteLineAsync($"{exception.Message}\n\n{ViewsOptions.Usage}");
            return 2;
        }

        using var stop = new CancellationTokenSource();
        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }

        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            var report = new ViewsReport(options);
            var command = new ViewsCommand(options, report, stop.Token);
            report.Begin();
            foreach (var kind in options.Databases)
            {
                await (kind == DatabaseKind.PostgreSql ? command.MeasurePostgreSqlAsync() : command.MeasureSqliteAsync());
            }

            report.End();
            return 0;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return 130;
        }
    }

    private async Task MeasurePostgreSqlAsync()
    {
        var given = Environment.GetEnvironmentVariable(BenchDatabase.PostgreSqlVariable);
        await using var server = string.IsNullOrEmpty(given) ? await PrivatePostgreSql.StartAsync(cancellationToken) : null;
        var database = await BenchDatabase.PrepareAsync(server?.ConnectionString ?? given!, server?.ProcessId, options.ImportFolder, cancellationToken);
        var direct = new NpgsqlConnectionStringBuilder(database.ConnectionString) { MaxAutoPrepare = 0, MaxPoolSize = 100 };
        await MeasureAsync(database, direct.ConnectionString, network: null);

        await using var network = await ChildProcess.StartAsync(
            [DelayProxy.Command, direct.Port.ToString(CultureInfo.InvariantCulture), NetworkDelayMicroseconds.ToString(CultureInfo.InvariantCulture)],
            new Dictionary<string, string>(StringComparer.Ordinal),
            cancellationToken);
        var delayed = new NpgsqlConnectionStringBuilder(direct.ConnectionString) { Port = int.Parse(network.Ready, CultureInfo.InvariantCulture) };
        await MeasureAsync(database, delayed.ConnectionString, network);
    }

    private async Task MeasureSqliteAsync()
    {
        var folder = Directory.CreateTempSubdirectory("larder-bench-sqlite-");
        try
        {
            var database = await BenchDatabase.PrepareAsync($"Data Source={Path.Combine(folder.FullName, "erp.db")}", serverProcessId: null, options.ImportFolder, cancellationToken);
            await MeasureAsync(database, database.ConnectionString, network: null);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private async Task MeasureAsync(BenchDatabase database, string connectionString, ChildProcess? network)
    {
        await using var bed = await ViewsBed.StartAsync(database, connectionString, cancellationToken);
        var variants = bed.Variants.Where(variant => options.Only?.Contains(variant.Letter, StringComparison.Ordinal) != false).ToArray();
        foreach (var variant in variants)
        {
            if (variant.IsCached)
            {
                await Parallel.ForEachAsync(database.ProductIds, cancellationToken, async (id, _) => await variant.RunAsync(id));
            }

            await LoadRun.RunAsync(variant, Concurrencies[0], FirstWarmUp, database.ProductIds, Seed, cancellationToken);
        }

        if (network is not null)
        {
            await CountRoundTripsAsync(variants, database.ProductIds, network);
        }

        var before = bed.Lookups;
        var measurements = new List<Measurement>();
        foreach (var concurrency in Concurrencies)
        {
            measurements.AddRange(await MeasureAsync(database, bed, variants, concurrency));
        }

        var selectOne = database.Kind == DatabaseKind.PostgreSql ? await MeasureSelectOneAsync(connectionString) : (double?)null;
        report.Add(new ViewsResult(database, network is not null, selectOne, bed.Lookups.Since(before), measurements));
    }

    private async Task<Measurement[]> MeasureAsync(BenchDatabase database, ViewsBed bed, Variant[] variants, int concurrency)
    {
        var measurements = variants.Select(variant => new Measurement(variant, concurrency)).ToArray();
        foreach (var variant in variants)
        {
            await LoadRun.RunAsync(variant, concurrency, WarmUp, database.ProductIds, Seed, cancellationToken);
        }

        for (var round = 0; round < options.Rounds; round++)
        {
            foreach (var measurement in measurements)
            {
                var processId = measurement.Variant.IsHttp ? bed.ServerProcessId : Environment.ProcessId;
                var databaseCpu = database.ServerProcessId is { } server ? CpuMeter.OfChildren(server) : (double?)null;
                var cpu = CpuMeter.OfProcess(processId);
                var run = await LoadRun.RunAsync(measurement.Variant, concurrency, options.Slice, database.ProductIds, Seed + 1 + round, cancellationToken);
                cpu = CpuMeter.OfProcess(processId) - cpu;
                databaseCpu = database.ServerProcessId is { } sameServer ? CpuMeter.OfChildren(sameServer) - databaseCpu : null;
                measurement.Add(run, cpu, databaseCpu);
            }
        }

        return measurements;
    }

    private async Task CountRoundTripsAsync(Variant[] variants, long[] ids, ChildProcess network)
    {
        foreach (var variant in variants)
        {
            var counts = new long[RoundTripSamples];
            for (var i = 0; i < RoundTripSamples; i++)
            {
                var before = await CountAsync(network);
                await variant.RunAsync(ids[i % ids.Length]);
                counts[i] = await CountAsync(network) - before;
            }

            // The median: now and then the pool opens a connection, which has round trips of its own.
            Array.Sort(counts);
            report.AddRoundTrips(variant.Letter, counts[RoundTripSamples / 2]);
        }
    }

    private async Task<long> CountAsync(ChildProcess network) =>
        long.Parse(await network.AskAsync("round trips", cancellationToken), CultureInfo.InvariantCulture);

    private async Task<double> MeasureSelectOneAsync(string connectionString)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand("SELECT 1", connection);
        await command.PrepareAsync(cancellationToken);
        var variant = new Variant("", "SELECT 1", 0, async _ => (int)(await command.ExecuteScalarAsync(cancellationToken))!);
        await LoadRun.RunAsync(variant, 1, WarmUp, [1], Seed, cancellationToken);
        return (await LoadRun.RunAsync(variant, 1, options.Slice, [1], Seed, cancellationToken)).MedianMicroseconds;
    }
}
