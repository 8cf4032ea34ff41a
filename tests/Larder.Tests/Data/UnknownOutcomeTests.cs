using Dapper;
using Larder.Data;
using Larder.SqlAnalysis;

namespace Larder.Tests.Data;

/// <summary>A COMMIT that is not answered may happen later: what it wrote is bypassed until it has surely ended, and is then dropped.</summary>
public sealed class UnknownOutcomeTests
{
    private const string Rename = "UPDATE items SET name = 'Mallet' WHERE id = 1";

    [Fact(Timeout = 60_000)]
    public async Task Commit_ConnectionBreaksBeforeTheAnswer_WhatItWroteIsBypassedUntilItHasEnded()
    {
        await using var database = await PostgresTestDatabase.CreateAsync(TrackedHost.Schema + DeferredWait);
        await using var host = new OverTwoWays(database);
        Assert.Equal("Hammer", await host.NameAsync());
        Assert.True(host.IsStored);
        await using var connection = await host.Source.OpenConnectionAsync();
        var transaction = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync(Rename, transaction: transaction);
        await connection.ExecuteAsync("INSERT INTO waits VALUES (1)", transaction: transaction);
        var held = await database.HoldAsync(key: 77);

        // The deferred trigger makes the COMMIT wait for the lock, and then the client is cut off.
        var commit = transaction.CommitAsync();
        await database.UntilSomeoneWaitsForAsync(77);
        await database.Relay.StopAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => commit);
        Assert.Equal("Hammer", await host.NameAsync());
        Assert.False(host.IsStored);

        await held.DisposeAsync();
        await Patience.UntilAsync(async () => await host.NameAsync() == "Mallet" && host.IsStored);
    }

    [Fact(Timeout = 60_000)]
    public async Task Commit_RefusedByTheServer_DropsNothing()
    {
        await using var host = await TrackedHost.StartAsync(SqlDialect.PostgreSql);
        await host.ExecuteBehindAsync("ALTER TABLE parts ALTER CONSTRAINT parts_item_id_fkey DEFERRABLE INITIALLY DEFERRED");
        await host.NameAsync(1);
        await using var connection = await host.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync(Rename, transaction: transaction);
        await connection.ExecuteAsync("INSERT INTO parts VALUES (9, 99, 'of nothing')", transaction: transaction);

        await Assert.ThrowsAnyAsync<Exception>(() => transaction.CommitAsync());

        Assert.Equal("Hammer", await host.NameAsync(1));
        Assert.True(host.HasName(1));
    }

    [Fact(Timeout = 60_000)]
    public async Task Execute_ConnectionBreaksInAStatement_IsARollback()
    {
        await using var database = await PostgresTestDatabase.CreateAsync(TrackedHost.Schema);
        await using var host = new OverTwoWays(database);
        await host.NameAsync();
        await using var connection = await host.Source.OpenConnectionAsync();
        var held = await database.HoldAsync(key: 78);
        var update = connection.ExecuteAsync(Rename + " AND pg_advisory_xact_lock_shared(78) IS NOT NULL");
        await database.UntilSomeoneWaitsForAsync(78);
        await database.Relay.StopAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => update);
        await held.DisposeAsync();

        // Our own transaction was never committed.
        Assert.Equal("Hammer", await host.NameAsync());
        Assert.True(host.IsStored);
    }

    private const string DeferredWait = """

        CREATE TABLE waits (id INTEGER);
        CREATE FUNCTION wait_at_commit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_advisory_xact_lock_shared(77); RETURN NULL; END $$;
        CREATE CONSTRAINT TRIGGER wait AFTER INSERT ON waits DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wait_at_commit();
        """;
}
