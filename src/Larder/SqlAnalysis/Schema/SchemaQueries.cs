using System.Data.Common;

namespace Larder.SqlAnalysis.Schema;

/// <summary>Runs the readers' queries.</summary>
internal static class SchemaQueries
{
    public static async Task<List<T>> QueryAsync<T>(this DbConnection connection, string text, Func<DbDataReader, T> read, CancellationToken cancellationToken)
    {
        var command = connection.CreateCommand();
        await using (command.ConfigureAwait(false))
        {
            command.CommandText = text;
            var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                var rows = new List<T>();
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                    rows.Add(read(reader));
                return rows;
            }
        }
    }
}
