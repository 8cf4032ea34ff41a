using System.Transactions;
using Dapper;
using Larder.SqlAnalysis;

namespace Larder.Tests.Data;

/// <summary>What is written in a transaction drops what was read of it when that was committed, and not before.</summary>
public sealed class TrackedTransactionTests
{
    private const string Rename = "UPDATE items SET name = 'Mallet' WHERE id = 1";

    public static TheoryData<SqlDialect> Both => TrackedHost.Both;

    [Theory, MemberData(nameof(Both))]
    public async Task Rollback_AfterAWrite_DropsNothing(SqlDialect dialect)
    {
        await using var host = await TrackedHost.StartAsync(dialect);
        await host.NameAsync(1);
        var before = host.Node.Now.Applied;
        await using var connection = await host.OpenAsync();
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await connection.ExecuteAsync(Rename, transaction: transaction);
            await transaction.RollbackAsync();
        }

        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await connection.ExecuteAsync(Rename, transaction: transaction);
        }

        Assert.True(host.HasName(1));
        Assert.Equal(before, host.Node.Now.Applied);
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Commit_ReaderBetweenWriteAndCommit_StoresTheOldAndLosesItAtTheCommit(SqlDialect dialect)
    {
        await using var host = await TrackedHost.StartAsync(dialect);
        await using var connection = await host.OpenAsync();
        var outside = ExecutionContext.Capture()!;
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await connection.ExecuteAsync(Rename, transaction: transaction);
            Assert.Equal("Hammer", await Outside(outside, () => host.NameAsync(1).AsTask()));
            Assert.True(await Outside(outside, () => Task.FromResult(host.HasName(1))));
            await transaction.CommitAsync();
        }

        Assert.False(host.HasName(1));
        Assert.Equal("Mallet", await host.NameAsync(1));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Commit_Synchronously_DropsTheSame(SqlDialect dialect)
    {
        await using var host = await TrackedHost.StartAsync(dialect);
        await host.NameAsync(1);
        using var connection = host.Source.OpenConnection();
        using (var transaction = connection.BeginTransaction())
        {
            connection.Execute(Rename, transaction: transaction);
            transaction.Commit();
        }

        Assert.Equal("Mallet", await host.NameAsync(1));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Commit_AfterARollbackToASavepoint_DropsWhatWasWrittenBeforeAndAfterTheSavepoint(SqlDialect dialect)
    {
        await using var host = await TrackedHost.StartAsync(dialect);
        await host.NameAsync(1);
        await host.NameAsync(2);
        await host.NameAsync(3);
        await using var connection = await host.OpenAsync();
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await connection.ExecuteAsync(Rename, transaction: transaction);
            await transaction.SaveAsync("point");
            await connection.ExecuteAsync("UPDATE items SET name = 'Axe' WHERE id = 2", transaction: transaction);
            await transaction.RollbackAsync("point");
            await transaction.CommitAsync();
        }

        Assert.Equal((false, false, true), (host.HasName(1), host.HasName(2), host.HasName(3)));
        Assert.Equal(("Mallet", "Saw"), (await host.NameAsync(1), await host.NameAsync(2)));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Read_InATransaction_IsNotStoredAndSeesItsOwnWrites(SqlDialect dialect)
    {
        await using var host = await TrackedHost.StartAsync(dialect);
        Assert.Equal("Hammer", await host.NameAsync(1));
        await using var connection = await host.OpenAsync();
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await connection.ExecuteAsync(Rename, transaction: transaction);
            Assert.Equal("Mallet", await host.Cache.GetOrCreateAsync("mine", Caching.TestCache.Minute, async _ =>
                await connection.QuerySingleAsync<string>("SELECT name FROM items WHERE id = 1", transaction: transaction)));
            await transaction.RollbackAsync();
        }

        Assert.False(host.Cache.TryGet<string>("mine", out _));
        Assert.Equal("Hammer", await host.NameAsync(1));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Text_BeginAndCommit_IsATransaction(SqlDialect dialect)
    {
        await using var host = await TrackedHost.StartAsync(dialect);
        var outside = ExecutionContext.Capture()!;
        await using var connection = await host.OpenAsync();
        await connection.ExecuteAsync("BEGIN TRANSACTION");
        await connection.ExecuteAsync(Rename);
        Assert.Equal("Hammer", await Outside(outside, () => host.NameAsync(1).AsTask()));
        Assert.True(await Outside(outside, () => Task.FromResult(host.HasName(1))));
        await connection.ExecuteAsync("COMMIT TRANSACTION");

        Assert.Equal("Mallet", await host.NameAsync(1));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Text_Rollback_DropsNothing(SqlDialect dialect)
    {
        await using var host = await TrackedHost.StartAsync(dialect);
        await host.NameAsync(1);
        await using var connection = await host.OpenAsync();
        foreach (var text in new[] { "BEGIN TRANSACTION", Rename, "ROLLBACK TRANSACTION" })
        {
            await connection.ExecuteAsync(text);
        }

        Assert.True(host.HasName(1));
        await connection.ExecuteAsync(Rename);
        Assert.Equal("Mallet", await host.NameAsync(1));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Text_AllInOne_DropsWhatItWrote(SqlDialect dialect)
    {
        await using var host = await TrackedHost.StartAsync(dialect);
        await host.NameAsync(1);

        await host.ExecuteAsync($"BEGIN; {Rename}; COMMIT;");

        Assert.Equal("Mallet", await host.NameAsync(1));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Text_CommitInTheMiddle_DropsWhatWasCommittedAndKeepsTheRest(SqlDialect dialect)
    {
        await using var host = await TrackedHost.StartAsync(dialect);
        await host.NameAsync(1);
        await host.NameAsync(2);
        var outside = ExecutionContext.Capture()!;
        await using var connection = await host.OpenAsync();

        await connection.ExecuteAsync($"BEGIN; {Rename}; COMMIT; BEGIN; UPDATE items SET name = 'Axe' WHERE id = 2;");
        Assert.Equal("Mallet", await Outside(outside, () => host.NameAsync(1).AsTask()));
        Assert.Equal("Saw", await Outside(outside, () => host.NameAsync(2).AsTask()));
        await connection.ExecuteAsync("COMMIT TRANSACTION");

        Assert.Equal("Axe", await host.NameAsync(2));
    }

    [Fact]
    public async Task Text_SavepointOfSqlite_IsATransactionUntilTheOutermostIsReleased()
    {
        await using var host = await TrackedHost.StartAsync(SqlDialect.Sqlite);
        await using var connection = await host.OpenAsync();
        foreach (var text in new[] { "SAVEPOINT a", "SAVEPOINT b", Rename, "RELEASE b" })
        {
            await connection.ExecuteAsync(text);
        }

        var outside = await Task.Run(() => host.NameAsync(1).AsTask());
        Assert.Equal("Hammer", outside);
        await connection.ExecuteAsync("RELEASE SAVEPOINT a");

        Assert.Equal("Mallet", await host.NameAsync(1));
    }

    [Fact]
    public async Task Text_CommitPrepared_DropsEverything()
    {
        await using var host = await TrackedHost.StartAsync(SqlDialect.PostgreSql);
        Assert.SkipWhen(await host.Postgres!.ScalarAsync<string>("SHOW max_prepared_transactions") == "0", "the server prepares no transactions");
        await host.NameAsync(1);
        await host.PartsAsync(1);
        var name = $"'{Guid.NewGuid():N}'";
        await using var connection = await host.OpenAsync();
        foreach (var text in new[] { "BEGIN TRANSACTION", Rename, $"PREPARE TRANSACTION {name}" })
        {
            await connection.ExecuteAsync(text);
        }

        Assert.True(host.HasName(1));
        await connection.ExecuteAsync($"COMMIT PREPARED {name}");
        Assert.Equal((false, false), (host.HasName(1), host.HasParts(1)));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task TransactionScope_Completed_DropsWhatWasWritten(SqlDialect dialect)
    {
        await using var host = await TrackedHost.StartAsync(dialect);
        await host.NameAsync(1);
        using (var scope = new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
        {
            await host.ExecuteAsync(Rename);
            using (new TransactionScope(TransactionScopeOption.Suppress, TransactionScopeAsyncFlowOption.Enabled))
            {
                await host.NameAsync(1);
            }

            scope.Complete();
        }

        Assert.Equal("Mallet", await host.NameAsync(1));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task InvalidateAsync_InATransaction_IsDoneAgainAfterItsCommit(SqlDialect dialect)
    {
        await using var host = await TrackedHost.StartAsync(dialect);
        var outside = ExecutionContext.Capture()!;
        await using var connection = await host.OpenAsync();
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await host.Cache.InvalidateAsync(["word"], "test");
            await Outside(outside, () => host.Cache.GetOrCreateAsync("key", 0, Caching.TestCache.Minute, static (_, _) => new ValueTask<string>("old"), ["word"]).AsTask());
            await transaction.CommitAsync();
        }

        Assert.False(host.Cache.TryGet<string>("key", out _));
    }

    // As another request would: without the transaction that flows here.
    private static Task<T> Outside<T>(ExecutionContext outside, Func<Task<T>> act)
    {
        Task<T>? task = null;
        ExecutionContext.Run(outside.CreateCopy(), _ => task = act(), null);
        return task!;
    }
}
