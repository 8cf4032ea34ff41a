using System.Data.Common;
using Larder.SqlAnalysis;
using Larder.SqlAnalysis.Schema;
using Larder.SqlAnalysis.Statements;
using Microsoft.Data.Sqlite;

namespace Larder.Tests.SqlAnalysis.Soundness;

internal sealed class SqliteSoundnessDatabase : SoundnessDatabase
{
    private readonly SqliteConnection _connection = new("Data Source=:memory:");
    private readonly Dictionary<SqlCase, SqliteCommand> _prepared = [];

    protected override DbConnection Connection => _connection;

    public override async Task CreateAsync(World world)
    {
        await _connection.OpenAsync();
        await RunAsync("PRAGMA foreign_keys = ON");
        foreach (var statement in world.Statements)
            await TryRunAsync(statement);
    }

    public override Task<SchemaModel> ReadModelAsync(SchemaDeclarations declarations) => SqliteSchemaReader.ReadAsync(_connection, "db", declarations);

    public override async Task<string?[]> AnswerAsync(IReadOnlyList<SqlCase> queries)
    {
        var answers = new string?[queries.Count];
        for (var i = 0; i < queries.Count; i++)
        {
            try
            {
                await using var reader = await Prepared(queries[i]).ExecuteReaderAsync();
                answers[i] = await ReadAsync(reader);
            }
            catch (SqliteException)
            {
                answers[i] = null;
            }
        }

        return answers;
    }

    public override Task BeginAsync() => RunAsync("BEGIN");

    public override Task RollbackAsync() => TryRunAsync("ROLLBACK");

    public override ISqlParameters ParametersOf(SqlCase statement)
    {
        var command = new SqliteCommand();
        Bind(command, statement);
        return new DbSqlParameters(command.Parameters, SqlDialect.Sqlite);
    }

    public override async ValueTask DisposeAsync()
    {
        foreach (var command in _prepared.Values)
            await command.DisposeAsync();
        await _connection.DisposeAsync();
    }

    private SqliteCommand Prepared(SqlCase query)
    {
        if (_prepared.TryGetValue(query, out var command))
            return command;
        command = _connection.CreateCommand();
        command.CommandText = query.Text;
        Bind(command, query);
        return _prepared[query] = command;
    }

    private async Task RunAsync(string text)
    {
        await using var command = _connection.CreateCommand();
        command.CommandText = text;
        await command.ExecuteNonQueryAsync();
    }

    // A row without its parent is refused.
    private async Task TryRunAsync(string text)
    {
        try
        {
            await RunAsync(text);
        }
        catch (SqliteException exception) when (exception.SqliteErrorCode is 19 || text == "ROLLBACK")
        {
            // ON CONFLICT REPLACE and RAISE may have ended the transaction already.
        }
    }
}
