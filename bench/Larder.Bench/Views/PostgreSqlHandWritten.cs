using System.Text.Json;
using Npgsql;

namespace Larder.Bench.Views;

/// <summary>The statements over Npgsql, whose prepared statements stay with the pooled connection.</summary>
internal sealed class PostgreSqlHandWritten(string connectionString, Statement[] statements) : HandWritten(statements)
{
    // A pool for each way of running them. A pool lends its connections in turn, so that next to one that needs ninety-six the others
    // would always meet a backend with cold caches; and on a connection that knows a text as prepared, the driver would use that.
    private readonly NpgsqlDataSource _sequential = NpgsqlDataSource.Create(connectionString);
    private readonly NpgsqlDataSource _parallel = NpgsqlDataSource.Create(connectionString);
    private readonly NpgsqlDataSource _preparedBatch = NpgsqlDataSource.Create(connectionString);
    private readonly NpgsqlDataSource _batch = NpgsqlDataSource.Create(connectionString);

    public override async ValueTask SequentialAsync(long id, Utf8JsonWriter? writer)
    {
        await using var connection = await _sequential.OpenConnectionAsync();
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
            sections[i] = SectionAsync(i, id, writers[i]).AsTask();
        }

        await Task.WhenAll(sections);
    }

    public override async ValueTask SectionAsync(int section, long id, Utf8JsonWriter? writer)
    {
        await using var connection = await _parallel.OpenConnectionAsync();
        await RunAsync(connection, Statements[section], id, writer);
    }

    /// <summary>All statements in one round trip.</summary>
    public async ValueTask BatchAsync(long id, bool isPrepared)
    {
        await using var connection = await (isPrepared ? _preparedBatch : _batch).OpenConnectionAsync();
        await using var batch = new NpgsqlBatch(connection);
        foreach (var statement in Statements)
        {
            var command = new NpgsqlBatchCommand(statement.Text);
            Bind(command.Parameters, statement, id);
            batch.BatchCommands.Add(command);
        }

        if (isPrepared)
        {
            await batch.PrepareAsync();
        }

        await using var reader = await batch.ExecuteReaderAsync();
        do
        {
            await ReadAsync(reader, writer: null);
        }
        while (await reader.NextResultAsync());
    }

    public override async ValueTask DisposeAsync()
    {
        await _sequential.DisposeAsync();
        await _parallel.DisposeAsync();
        await _preparedBatch.DisposeAsync();
        await _batch.DisposeAsync();
    }

    private static async Task RunAsync(NpgsqlConnection connection, Statement statement, long id, Utf8JsonWriter? writer)
    {
        await using var command = new NpgsqlCommand(statement.Text, connection);
        Bind(command.Parameters, statement, id);
        await command.PrepareAsync();
        await using var reader = await command.ExecuteReaderAsync();
        await ReadAsync(reader, writer);
    }

    private static void Bind(NpgsqlParameterCollection parameters, Statement statement, long id)
    {
        foreach (var argument in statement.Arguments)
        {
            parameters.Add(argument is null ? new NpgsqlParameter<long> { TypedValue = id } : new NpgsqlParameter { Value = argument });
        }
    }
}
