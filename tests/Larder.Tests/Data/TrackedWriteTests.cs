using System.Data.Common;
using Dapper;
using Larder.Data;
using Larder.SqlAnalysis;
using Npgsql;

namespace Larder.Tests.Data;

/// <summary>What a statement writes that commits by itself drops what was read of it, when it is over, and nothing else.</summary>
public sealed class TrackedWriteTests
{
    public static TheoryData<SqlDialect> Both => TrackedHost.Both;

    [Theory, MemberData(nameof(Both))]
    public async Task Execute_Update_DropsWhatReadTheRowAndNothingElse(SqlDialect dialect)
    {
        await using var host = await TrackedHost.StartAsync(dialect);
        Assert.Equal(("Hammer", "Saw", "head,shaft"), (await host.NameAsync(1), await host.NameAsync(2), await host.PartsAsync(1)));

        await host.ExecuteAsync("UPDATE items SET name = @name WHERE id = @id", new { id = 1, name = "Mallet" });

        Assert.Equal((false, true, true), (host.HasName(1), host.HasName(2), host.HasParts(1)));
        Assert.Equal("Mallet", await host.NameAsync(1));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Execute_Synchronously_DropsTheSame(SqlDialect dialect)
    {
        await using var host = await TrackedHost.StartAsync(dialect);
        await host.NameAsync(1);
        await host.NameAsync(2);

        using (var connection = host.Source.OpenConnection())
        {
            Assert.Equal(1, connection.Execute("UPDATE items SET name = 'Mallet' WHERE id = 1"));
            Assert.Equal("Mallet", connection.QuerySingle<string>("SELECT name FROM items WHERE id = 1"));
        }

        Assert.Equal((false, true), (host.HasName(1), host.HasName(2)));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Execute_ForeignKeyChanged_DropsWhatReadTheOldAndTheNewParent(SqlDialect dialect)
    {
        await using var host = await TrackedHost.StartAsync(dialect);
        await ReadAllPartsAsync(host);

        await host.ExecuteAsync("UPDATE parts SET item_id = @item WHERE id = @id", new { id = 2, item = 2 });

        Assert.Equal((false, false, true), (host.HasParts(1), host.HasParts(2), host.HasParts(3)));
        Assert.Equal(("head", "shaft,blade"), (await host.PartsAsync(1), await host.PartsAsync(2)));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Execute_ForeignKeyChangedWithoutCapture_DropsWhatReadAnyParent(SqlDialect dialect)
    {
        await using var host = await TrackedHost.StartAsync(dialect, options => options with { CaptureOldValues = false });
        await ReadAllPartsAsync(host);

        await host.ExecuteAsync("UPDATE parts SET item_id = @item WHERE id = @id", new { id = 2, item = 2 });

        Assert.Equal((false, false, false), (host.HasParts(1), host.HasParts(2), host.HasParts(3)));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Execute_DeleteByAnotherColumn_LearnsTheKeysFromReturning(SqlDialect dialect)
    {
        await using var host = await TrackedHost.StartAsync(dialect);
        await ReadAllPartsAsync(host);

        await using var connection = await host.OpenAsync();
        Assert.Equal(1, await connection.ExecuteAsync("DELETE FROM parts WHERE label = @label", new { label = "blade" }));

        Assert.Equal((true, false, true), (host.HasParts(1), host.HasParts(2), host.HasParts(3)));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task ExecuteNonQuery_CommandKeptAndThenGivenAnotherText_DropsWhatEachExecutionWrote(SqlDialect dialect)
    {
        await using var host = await TrackedHost.StartAsync(dialect);
        await ReadAllPartsAsync(host);
        await using var connection = await host.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "DELETE FROM parts WHERE label = 'shaft'";
        Assert.Equal(1, await command.ExecuteNonQueryAsync());
        Assert.Equal((false, true), (host.HasParts(1), host.HasParts(2)));

        await host.PartsAsync(1);
        Assert.Equal(0, await command.ExecuteNonQueryAsync());
        command.CommandText = "DELETE FROM parts WHERE label = 'blade'";
        Assert.Equal(1, await command.ExecuteNonQueryAsync());

        Assert.False(host.HasParts(2));
        Assert.Equal("head", await host.PartsAsync(1));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Execute_SeveralStatements_DropsWhatEachWrote(SqlDialect dialect)
    {
        await using var host = await TrackedHost.StartAsync(dialect);
        await ReadAllPartsAsync(host);
        await host.NameAsync(1);
        await host.NameAsync(2);

        await host.ExecuteAsync("UPDATE items SET name = 'Mallet' WHERE id = 1; INSERT INTO parts VALUES (9, 3, 'knot');");

        Assert.Equal((false, true), (host.HasName(1), host.HasName(2)));
        Assert.Equal((true, false), (host.HasParts(1), host.HasParts(3)));
        Assert.Equal("knot", await host.PartsAsync(3));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Execute_SecondOfSeveralStatementsFails_DropsWhatTheFirstMayHaveWritten(SqlDialect dialect)
    {
        await using var host = await TrackedHost.StartAsync(dialect);
        await host.NameAsync(1);

        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() =>
            host.ExecuteAsync("UPDATE items SET name = 'Mallet' WHERE id = 1; INSERT INTO items VALUES (2, 'again', 0);"));

        var stored = await host.ReadAsync("SELECT name FROM items WHERE id = 1 AND 1 = 1");
        Assert.Equal(dialect == SqlDialect.Sqlite ? "Mallet" : "Hammer", stored);
        Assert.Equal(stored, await host.NameAsync(1));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task ExecuteScalar_Returning_DropsWhatReadTheParentAndReturnsTheValue(SqlDialect dialect)
    {
        await using var host = await TrackedHost.StartAsync(dialect);
        await ReadAllPartsAsync(host);

        await using var connection = await host.OpenAsync();
        var id = await connection.ExecuteScalarAsync<int>("INSERT INTO parts VALUES (9, @item, 'knot') RETURNING id", new { item = 3 });

        Assert.Equal(9, id);
        Assert.Equal((true, true, false), (host.HasParts(1), host.HasParts(2), host.HasParts(3)));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Reader_OfReturning_HalfRead_PublishesWhenItIsClosed(SqlDialect dialect)
    {
        await using var host = await TrackedHost.StartAsync(dialect);
        await host.NameAsync(1);
        await using var connection = await host.OpenAsync();
        await using (var command = connection.CreateCommand())
        {
            command.CommandText = "UPDATE items SET name = name || '!' RETURNING id";
            await using var reader = await command.ExecuteReaderAsync();
            Assert.True(await reader.ReadAsync());

            // The row is here, and whoever reads elsewhere still gets, and stores, what it replaced.
            Assert.Equal("Saw", await host.NameAsync(2));
            Assert.True(host.HasName(2));
        }

        Assert.Equal((false, false), (host.HasName(1), host.HasName(2)));
        Assert.Equal(("Hammer!", "Saw!"), (await host.NameAsync(1), await host.NameAsync(2)));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Reader_OfReturning_ReadToItsEnd_HasPublishedBeforeItIsClosed(SqlDialect dialect)
    {
        await using var host = await TrackedHost.StartAsync(dialect);
        await host.NameAsync(1);
        await host.NameAsync(3);
        await using var connection = await host.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "UPDATE items SET name = 'Mallet' WHERE price < 15 RETURNING id, name";
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            Assert.Equal("Mallet", reader.GetString(1));
        }

        Assert.Equal((false, true), (host.HasName(1), host.HasName(3)));
        Assert.Equal("Mallet", await host.NameAsync(1));
    }

    [Fact]
    public async Task Batch_FirstResultReadBeforeItsCommit_DropsWhatWasStoredMeanwhile()
    {
        await using var host = await TrackedHost.StartAsync(SqlDialect.PostgreSql);
        await using var connection = await host.OpenAsync();
        await using var batch = connection.CreateBatch();
        foreach (var text in new[] { "UPDATE items SET name = 'Mallet' WHERE id = 1 RETURNING id", "UPDATE items SET price = 1 WHERE id = 2", "SELECT count(*) FROM items" })
        {
            var command = batch.CreateBatchCommand();
            command.CommandText = text;
            batch.BatchCommands.Add(command);
        }

        await using (var reader = await batch.ExecuteReaderAsync())
        {
            Assert.True(await reader.ReadAsync());
            Assert.Equal("Hammer", await host.NameAsync(1));
            await host.NameAsync(3);
        }

        Assert.Equal((false, true), (host.HasName(1), host.HasName(3)));
        Assert.Equal("Mallet", await host.NameAsync(1));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task InnerConnection_Used_CountsAsWritingEverything(SqlDialect dialect)
    {
        await using var host = await TrackedHost.StartAsync(dialect, options => options with { Discard = static _ => { } });
        await host.NameAsync(1);
        await using (var connection = await host.OpenAsync())
        {
            await connection.InnerConnection.ExecuteAsync("UPDATE items SET name = 'Mallet' WHERE id = 1");
        }

        Assert.Equal("Mallet", await host.NameAsync(1));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task GetInnerConnection_ForOneTable_CountsAsWritingThatTable(SqlDialect dialect)
    {
        await using var host = await TrackedHost.StartAsync(dialect);
        await host.NameAsync(1);
        await host.PartsAsync(1);
        await using (var connection = await host.OpenAsync())
        {
            await connection.GetInnerConnection("items").ExecuteAsync("UPDATE items SET name = 'Mallet' WHERE id = 1");
        }

        Assert.Equal((false, true), (host.HasName(1), host.HasParts(1)));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Execute_TablePrecision_DropsWhateverReadTheTable(SqlDialect dialect)
    {
        await using var host = await TrackedHost.StartAsync(dialect, options => options with { Precision = TrackingPrecision.Table });
        await host.NameAsync(1);
        await host.NameAsync(2);
        await host.PartsAsync(1);

        await host.ExecuteAsync("UPDATE items SET name = 'Mallet' WHERE id = 1");

        Assert.Equal((false, false, true), (host.HasName(1), host.HasName(2), host.HasParts(1)));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Execute_TrackingOff_DropsNothing(SqlDialect dialect)
    {
        await using var host = await TrackedHost.StartAsync(dialect, options => options with { IsTracked = false });
        await host.NameAsync(1);

        await using (var connection = await host.Source.OpenConnectionAsync())
        {
            await connection.ExecuteAsync("UPDATE items SET name = 'Mallet' WHERE id = 1");
        }

        Assert.Equal("Hammer", await host.NameAsync(1));
    }

    private static async Task ReadAllPartsAsync(TrackedHost host)
    {
        for (var item = 1; item <= 3; item++)
        {
            await host.PartsAsync(item);
        }
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Execute_ManyRowsWithOneCommand_WritesEachWithItsOwnValues(SqlDialect dialect)
    {
        var isPostgres = dialect == SqlDialect.PostgreSql;
        NpgsqlDataSource? preparing = null;
        await using var host = await TrackedHost.StartAsync(dialect, options => isPostgres ? options with { DataSource = preparing = Preparing(options.DataSource.ConnectionString) } : options);

        await host.ExecuteAsync($"CREATE TABLE notes (id {(isPostgres ? "integer GENERATED BY DEFAULT AS IDENTITY" : "INTEGER")} PRIMARY KEY, item_id INTEGER NOT NULL, label TEXT NOT NULL)");

        // The key is the database's, so that RETURNING is added. Npgsql prepares the statement by itself at the second row
        // and from then on takes the values from the parameters it saw then, until the text is set again.
        await using var connection = await host.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync(
            "INSERT INTO notes (item_id, label) VALUES (@item, @label)",
            Enumerable.Range(1, 6).Select(number => new { item = number, label = $"no. {number}" }).ToList(),
            transaction);
        await transaction.CommitAsync();

        Assert.Equal("no. 1,no. 2,no. 3,no. 4,no. 5,no. 6", await host.ReadAsync("SELECT label FROM notes ORDER BY item_id"));
        if (preparing is not null)
            await preparing.DisposeAsync();
    }

    // What a data source tells of its connection string lacks the password.
    private static NpgsqlDataSource Preparing(string connectionString) => NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString)
    {
        Password = new NpgsqlConnectionStringBuilder(Environment.GetEnvironmentVariable("LARDER_TEST_POSTGRES")).Password,
        MaxAutoPrepare = 64,
        AutoPrepareMinUsages = 2,
    }.ConnectionString);
}
