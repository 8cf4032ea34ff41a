using System.Data.Common;
using Larder.SqlAnalysis;
using Larder.SqlAnalysis.Schema;
using Larder.SqlAnalysis.Statements;
using Npgsql;

namespace Larder.Tests.SqlAnalysis.Soundness;

/// <summary>A database of its own in the server of the test run.</summary>
internal sealed class PostgresSoundnessDatabase(string connectionString) : SoundnessDatabase
{
    private NpgsqlDataSource? _source;
    private NpgsqlConnection? _connection;
    private NpgsqlTransaction? _transaction;
    private string? _name;

    protected override DbConnection Connection => _connection!;

    public override async Task CreateAsync(World world)
    {
        // One database for all worlds of a run: the schema goes and comes, and making a database takes a quarter of a second.
        if (_source is null)
        {
            _name = $"larder_soundness_{Guid.NewGuid():N}";
            await using (var server = NpgsqlDataSource.Create(connectionString))
            await using (var create = server.CreateCommand($"CREATE DATABASE {_name}"))
                await create.ExecuteNonQueryAsync();
            _source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { Database = _name, Pooling = false }.ConnectionString);
            _connection = await _source.OpenConnectionAsync();
        }

        var rows = world.Statements.Where(statement => statement.StartsWith("INSERT", StringComparison.Ordinal)).ToList();
        var before = world.Statements.TakeWhile(statement => statement != rows[0]);
        var after = world.Statements.Except(rows).Except(before);

        // A row without its parent, or too long, is refused; a block of its own keeps the others.
        var block = string.Concat(rows.Select(row => $"BEGIN {row}; EXCEPTION WHEN integrity_constraint_violation OR data_exception THEN NULL; END; "));
        await RunAsync($"DROP SCHEMA IF EXISTS public CASCADE; CREATE SCHEMA public; {string.Join("; ", before)}; DO $rows$ BEGIN {block}END $rows$; {string.Join("; ", after)}");
    }

    public override Task<SchemaModel> ReadModelAsync(SchemaDeclarations declarations) => PostgreSqlSchemaReader.ReadAsync(_connection!, "db", declarations);

    public override async Task<string?[]> AnswerAsync(IReadOnlyList<SqlCase> queries)
    {
        var answers = new string?[queries.Count];
        await using var batch = new NpgsqlBatch(_connection);
        foreach (var query in queries)
        {
            var command = new NpgsqlBatchCommand(query.Text);
            for (var i = 0; i < query.Values.Count; i++)
                command.Parameters.Add(new NpgsqlParameter($"@p{i}", query.Values[i] ?? DBNull.Value));
            batch.BatchCommands.Add(command);
        }

        try
        {
            await using var reader = await batch.ExecuteReaderAsync();
            var at = 0;
            do
                answers[at++] = await ReadAsync(reader);
            while (await reader.NextResultAsync());
        }
        catch (PostgresException) when (queries.Count == 1)
        {
            return answers;
        }
        catch (PostgresException)
        {
            return new string?[queries.Count];
        }

        return answers;
    }

    public override async Task BeginAsync() => _transaction = await _connection!.BeginTransactionAsync();

    public override async Task RollbackAsync()
    {
        await _transaction!.RollbackAsync();
        await _transaction.DisposeAsync();
    }

    public override ISqlParameters ParametersOf(SqlCase statement)
    {
        var command = new NpgsqlCommand();
        Bind(command, statement);
        return new DbSqlParameters(command.Parameters, SqlDialect.PostgreSql);
    }

    public override async ValueTask DisposeAsync()
    {
        if (_source is null)
            return;
        await _connection!.DisposeAsync();
        await _source.DisposeAsync();
        await using var server = NpgsqlDataSource.Create(connectionString);
        await using var drop = server.CreateCommand($"DROP DATABASE {_name} WITH (FORCE)");
        await drop.ExecuteNonQueryAsync();
    }

    private async Task RunAsync(string text)
    {
        await using var command = new NpgsqlCommand(text, _connection);
        await command.ExecuteNonQueryAsync();
    }
}
