using Npgsql;
using NpgsqlTypes;

namespace Erp.Database;

internal sealed class PostgreSqlBulkLoader(NpgsqlConnection connection) : BulkLoader
{
    public override async Task<long> LoadAsync(TableDefinition table, IAsyncEnumerable<object?[]> rows, CancellationToken cancellationToken)
    {
        var columns = string.Join(", ", table.Columns.Select(column => column.Name));
        var types = table.Columns.Select(column => TypeOf(column.Kind)).ToArray();
        long count = 0;
        await using var copy = await connection.BeginBinaryImportAsync(
            $"COPY {table.Name} ({columns}) FROM STDIN (FORMAT BINARY)", cancellationToken);
        await foreach (var row in rows.WithCancellation(cancellationToken))
        {
            await copy.StartRowAsync(cancellationToken);
            for (var i = 0; i < row.Length; i++)
                await WriteAsync(copy, row[i], types[i], cancellationToken);
            count++;
        }
        await copy.CompleteAsync(cancellationToken);
        return count;
    }

    public override async Task FinishAsync(IEnumerable<TableDefinition> tables, CancellationToken cancellationToken)
    {
        foreach (var table in tables.Where(table => table.HasGeneratedId))
        {
            await using var command = connection.CreateCommand();
            command.CommandText =
                $"SELECT setval(pg_get_serial_sequence('{table.Name}', 'id'), greatest((SELECT max(id) FROM {table.Name}), 1), (SELECT count(*) > 0 FROM {table.Name}))";
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    private static Task WriteAsync(NpgsqlBinaryImporter copy, object? value, NpgsqlDbType type, CancellationToken cancellationToken) => value switch
    {
        null => copy.WriteNullAsync(cancellationToken),
        long number => copy.WriteAsync(number, type, cancellationToken),
        int number => copy.WriteAsync(number, type, cancellationToken),
        string text => copy.WriteAsync(text, type, cancellationToken),
        decimal number => copy.WriteAsync(number, type, cancellationToken),
        bool truth => copy.WriteAsync(truth, type, cancellationToken),
        DateTimeOffset time => copy.WriteAsync(StoredValues.WholeSeconds(time).UtcDateTime, type, cancellationToken),
        _ => throw new ArgumentException($"{value.GetType().Name} is not a type of a column.", nameof(value)),
    };

    private static NpgsqlDbType TypeOf(ColumnKind kind) => kind switch
    {
        ColumnKind.Key => NpgsqlDbType.Bigint,
        ColumnKind.Count => NpgsqlDbType.Integer,
        ColumnKind.Text => NpgsqlDbType.Text,
        ColumnKind.Decimal => NpgsqlDbType.Numeric,
        ColumnKind.Time => NpgsqlDbType.TimestampTz,
        ColumnKind.Boolean => NpgsqlDbType.Boolean,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };
}
