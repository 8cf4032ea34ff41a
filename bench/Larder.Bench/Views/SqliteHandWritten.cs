using System.Collections.Concurrent;
using System.Data.Common;
using System.Text.Json;
using Erp.Database;
using Microsoft.Data.Sqlite;

namespace Larder.Bench.Views;

/// <summary>
/// The statements over Microsoft.Data.Sqlite, which compiles a statement anew with every command. Kept commands, on connections that
/// stay open, are the floor.
/// </summary>
internal sealed class SqliteHandWritten(string connectionString, Statement[] statements) : HandWritten(statements)
{
    private readonly SqliteDataSource _source = new(connectionString);
    private readonly ConcurrentBag<SqliteCommand[]> _kept = [];
    private readonly ConcurrentBag<SqliteCommand>[] _keptSections = [.. statements.Select(_ => new ConcurrentBag<SqliteCommand>())];

    public override async ValueTask SequentialAsync(long id, Utf8JsonWriter? writer)
    {
        await using var connection = await _source.OpenConnectionAsync();
        foreach (var statement in Statements)
        {
            await RunAsync(connection, statement, id, writer);
        }
    }

    public override async ValueTask ParallelAsync(long id, Utf8JsonWriter?[] writers)
    {
        var sections = new Task[Statements.Length];
        for (var i = 0; i < sections.Length; i++)
        {
            var section = i;
            // SQLite works on the calling thread: without another one nothing would be parallel.
            sections[i] = Task.Run(() => SectionAsync(section, id, writers[section]).AsTask());
        }

        await Task.WhenAll(sections);
    }

    public override async ValueTask SectionAsync(int section, long id, Utf8JsonWriter? writer)
    {
        await using var connection = await _source.OpenConnectionAsync();
        await RunAsync(connection, Statements[section], id, writer);
    }

    /// <summary>One after the other, with commands that were prepared once for each connection.</summary>
    public async ValueTask KeptAsync(long id)
    {
        if (!_kept.TryTake(out var commands))
        {
            var connection = (SqliteConnection)await _source.OpenConnectionAsync();
            commands = [.. Statements.Select(statement => Create(connection, statement))];
        }

        for (var i = 0; i < commands.Length; i++)
        {
            await RunAsync(commands[i], Statements[i], id, writer: null);
        }

        _kept.Add(commands);
    }

    /// <summary>All at once, each on a connection that keeps its command.</summary>
    public async ValueTask KeptParallelAsync(long id)
    {
        var sections = new Task[Statements.Length];
        for (var i = 0; i < sections.Length; i++)
        {
            var section = i;
            sections[i] = Task.Run(() => KeptSectionAsync(section, id));
        }

        await Task.WhenAll(sections);
    }

    public override async ValueTask DisposeAsync()
    {
        foreach (var commands in _kept)
        {
            await commands[0].Connection!.DisposeAsync();
        }

        foreach (var command in _keptSections.SelectMany(commands => commands))
        {
            await command.Connection!.DisposeAsync();
        }

        await _source.DisposeAsync();
    }

    private async Task KeptSectionAsync(int section, long id)
    {
        if (!_keptSections[section].TryTake(out var command))
        {
            command = Create((SqliteConnection)await _source.OpenConnectionAsync(), Statements[section]);
        }

        await RunAsync(command, Statements[section], id, writer: null);
        _keptSections[section].Add(command);
    }

    private static async Task RunAsync(DbConnection connection, Statement statement, long id, Utf8JsonWriter? writer)
    {
        await using var command = Create((SqliteConnection)connection, statement);
        await RunAsync(command, statement, id, writer);
    }

    private static async Task RunAsync(SqliteCommand command, Statement statement, long id, Utf8JsonWriter? writer)
    {
        BindId(command, statement, id);
        await using var reader = await command.ExecuteReaderAsync();
        await ReadAsync(reader, writer);
    }

    private static SqliteCommand Create(SqliteConnection connection, Statement statement)
    {
        var command = connection.CreateCommand();
        command.CommandText = statement.Text;
        for (var i = 0; i < statement.Arguments.Length; i++)
        {
            command.Parameters.Add(new SqliteParameter($"${i + 1}", statement.Arguments[i]));
        }

        return command;
    }

    private static void BindId(SqliteCommand command, Statement statement, long id)
    {
        for (var i = 0; i < statement.Arguments.Length; i++)
        {
            if (statement.Arguments[i] is null)
            {
                command.Parameters[i].Value = id;
            }
        }
    }
}
