using System.Data.Common;
using Dapper;
using Larder.Caching;
using Larder.Data;
using Larder.SqlAnalysis;
using Larder.Tests.Caching;
using Microsoft.Extensions.DependencyInjection;

namespace Larder.Tests.Data;

/// <summary>
/// A tracked PostgreSQL whose connections come through the relay until that stops, and past it from then on, as when a network comes back.
/// </summary>
internal sealed class OverTwoWays : IAsyncDisposable
{
    private const string Sql = "SELECT name FROM items WHERE id = 1";
    private readonly ServiceProvider _services;

    public OverTwoWays(PostgresTestDatabase database)
    {
        var source = new Switching(database);
        _services = new ServiceCollection().AddSingleton(TimeProvider.System)
            .AddTrackedDatabase(_ => new TrackedDatabaseOptions
            {
                DataSource = source,
                Dialect = SqlDialect.PostgreSql,
                Declarations = { TriggerEffects = { ["wait"] = [] }, FunctionEffects = { ["pg_advisory_xact_lock_shared"] = [] } },
            })
            .BuildServiceProvider();
    }

    public TrackedDataSource Source => _services.GetRequiredService<TrackedDataSource>();

    public bool IsStored => Cache.TryGet<string>("key", out _);

    private LarderCache Cache => _services.GetRequiredService<LarderCache>();

    public async Task<string> NameAsync() => await Cache.GetOrCreateAsync("key", TestCache.Minute, async cancellationToken =>
    {
        await using var connection = await Source.OpenConnectionAsync(cancellationToken);
        return await connection.QuerySingleAsync<string>(Sql);
    });

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    private sealed class Switching(PostgresTestDatabase database) : DbDataSource
    {
        public override string ConnectionString => Current.ConnectionString;

        private DbDataSource Current => database.Relay.IsStopped ? database.Direct : database.Relayed;

        protected override DbConnection CreateDbConnection() => Current.CreateConnection();
    }
}
