using System.Data.Common;
using System.Globalization;
using System.Text;
using Larder.SqlAnalysis.Schema;
using Larder.SqlAnalysis.Statements;

namespace Larder.Tests.SqlAnalysis.Soundness;

/// <summary>A real database that holds one world and runs its statements. Everything is undone between two writes.</summary>
internal abstract class SoundnessDatabase : IAsyncDisposable
{
    protected abstract DbConnection Connection { get; }

    public abstract Task CreateAsync(World world);

    public abstract Task<SchemaModel> ReadModelAsync(SchemaDeclarations declarations);

    /// <summary>The answers of some queries; null for one that fails, and for all of them where a failure ends the batch.</summary>
    public abstract Task<string?[]> AnswerAsync(IReadOnlyList<SqlCase> queries);

    public abstract Task BeginAsync();

    public abstract Task RollbackAsync();

    public abstract ISqlParameters ParametersOf(SqlCase statement);

    /// <summary>Runs a statement; null where the database refuses it.</summary>
    public async Task<(List<object?[]> Rows, Dictionary<string, int> Ordinals, int Affected)?> ExecuteAsync(string text, SqlCase original)
    {
        await using var command = Connection.CreateCommand();
        command.CommandText = text;
        Bind(command, original);
        try
        {
            await using var reader = await command.ExecuteReaderAsync();
            var rows = new List<object?[]>();
            var ordinals = new Dictionary<string, int>(StringComparer.Ordinal);
            for (var i = 0; i < reader.FieldCount; i++)
                ordinals.TryAdd(reader.GetName(i), i);
            while (await reader.ReadAsync())
                rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? null : reader.GetValue(i))]);
            await reader.CloseAsync();
            return (rows, ordinals, reader.RecordsAffected);
        }
        catch (DbException)
        {
            return null;
        }
    }

    /// <summary>Reads the parents of written rows; null where the database refuses it, as for a key of another type.</summary>
    public async Task<List<object?[]>?> ExecuteAsync(ParentQuery query)
    {
        var parents = new SqlCase(query.Text.Replace("@parent", "@p", StringComparison.Ordinal), [.. query.Parameters.Select(parameter => parameter.Value)]);
        return (await ExecuteAsync(parents.Text, parents))?.Rows;
    }

    public abstract ValueTask DisposeAsync();

    protected static void Bind(DbCommand command, SqlCase statement)
    {
        for (var i = 0; i < statement.Values.Count; i++)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = $"@p{i}";
            parameter.Value = statement.Values[i] ?? DBNull.Value;
            command.Parameters.Add(parameter);
        }
    }

    /// <summary>The rows as a text that does not depend on their order.</summary>
    protected static async Task<string> ReadAsync(DbDataReader reader)
    {
        var rows = new List<string>();
        var row = new StringBuilder();
        while (await reader.ReadAsync())
        {
            row.Clear();
            for (var i = 0; i < reader.FieldCount; i++)
                row.Append(reader.IsDBNull(i) ? "NULL" : string.Create(CultureInfo.InvariantCulture, $"{reader.GetValue(i)}")).Append('|');
            rows.Add(row.ToString());
        }

        rows.Sort(StringComparer.Ordinal);
        return string.Join('\n', rows);
    }
}
