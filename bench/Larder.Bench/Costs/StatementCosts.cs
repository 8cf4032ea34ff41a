using System.Data.Common;
using Larder.Bench.Databases;
using Larder.Bench.Views;
using Larder.Data;
using Larder.Freshness;
using Microsoft.Extensions.DependencyInjection;

namespace Larder.Bench.Costs;

/// <summary>The same kept commands through the provider and through the tracked data source.</summary>
internal static class StatementCosts
{
    private const double MostPerStatement = 3000;
    private const string ReadText = "SELECT id, sku, name, list_price FROM products WHERE id = @id";
    private const string WriteText = "UPDATE products SET description = @description WHERE id = @id";

    public static async Task<IReadOnlyList<CostLine>> MeasureAsync(BenchDatabase database, CostMeter meter)
    {
        await using var rig = new LarderRig(database.ConnectionString, isCold: true);
        var tracked = rig.Services.GetRequiredService<TrackedDataSource>();
        await using var plainConnection = await tracked.InnerDataSource.OpenConnectionAsync();
        await using var trackedConnection = await tracked.OpenConnectionAsync();
        var ids = database.ProductIds.Select(object (id) => id).ToArray();

        var plainRead = await PreparedReadAsync(plainConnection, ids);
        var trackedRead = await PreparedReadAsync(trackedConnection, ids);
        var uncollected = new CostSubject(trackedRead.RunAsync);
        var collected = new CostSubject(trackedRead.RunInScopesAsync);
        var plain = new CostSubject(plainRead.RunAsync);
        await meter.MeasureAsync(plain, uncollected, collected);

        var plainWrite = new CostSubject(count => WriteAsync(plainConnection, ids, count));
        var trackedWrite = new CostSubject(count => WriteAsync(trackedConnection, ids, count));
        await meter.MeasureAsync(plainWrite, trackedWrite);
        return
        [
            CostLine.Of(database.Name, "read by key, kept, through the provider", plain),
            CostLine.Beyond(database.Name, "tracking adds to it, with the scope of a load", collected, [plain], MostPerStatement),
            CostLine.Beyond(database.Name, "tracking adds to it outside of a load", uncollected, [plain], MostPerStatement),
            CostLine.Of(database.Name, "update by key in a transaction, kept, through the provider", plainWrite),
            CostLine.Beyond(database.Name, "tracking adds to it, publication included", trackedWrite, [plainWrite]),
        ];
    }

    private static async Task<KeptRead> PreparedReadAsync(DbConnection connection, object[] ids)
    {
        var command = connection.CreateCommand();
        command.CommandText = ReadText;
        var id = Add(command, "id", ids[0]);
        await command.PrepareAsync();
        return new KeptRead(command, id, ids);
    }

    // Not prepared: RETURNING is added to the text then, as for commands that applications write.
    private static async Task WriteAsync(DbConnection connection, object[] ids, int count)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = WriteText;
        Add(command, "description", "as described");
        var id = Add(command, "id", ids[0]);
        for (var i = 0; i < count; i++)
        {
            id.Value = ids[i % ids.Length];
            await using var transaction = await connection.BeginTransactionAsync();
            command.Transaction = transaction;
            await command.ExecuteNonQueryAsync();
            await transaction.CommitAsync();
        }
    }

    private static DbParameter Add(DbCommand command, string name, object value)
    {
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = (name, value);
        command.Parameters.Add(parameter);
        return parameter;
    }

    private sealed record KeptRead(DbCommand Command, DbParameter Id, object[] Ids)
    {
        public async Task RunAsync(int count)
        {
            for (var i = 0; i < count; i++)
            {
                await ReadAsync(i);
            }
        }

        public async Task RunInScopesAsync(int count)
        {
            for (var i = 0; i < count; i++)
            {
                using var scope = ReadScope.Begin();
                await ReadAsync(i);
            }
        }

        private async ValueTask ReadAsync(int i)
        {
            Id.Value = Ids[i % Ids.Length];
            await using var reader = await Command.ExecuteReaderAsync();
            while (await reader.ReadAsync())
            {
                // What the row is made into costs both the same.
            }
        }
    }
}
