using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Erp.Database;

/// <summary>Binds and steps one prepared INSERT. Through the driver's command the same takes twice as long, which is most of a first start.</summary>
internal sealed class SqliteBulkLoader(SqliteConnection connection) : BulkLoader
{
    public override async Task<long> LoadAsync(TableDefinition table, IAsyncEnumerable<object?[]> rows, CancellationToken cancellationToken)
    {
        var columns = string.Join(", ", table.Columns.Select(column => column.Name));
        var values = string.Join(", ", table.Columns.Select((_, i) => $"?{i + 1}"));
        Check(raw.sqlite3_prepare_v2(Handle, $"INSERT INTO {table.Name} ({columns}) VALUES ({values})", out var insert));
        using (insert)
        {
            long count = 0;
            await foreach (var row in rows.WithCancellation(cancellationToken))
            {
                for (var i = 0; i < row.Length; i++)
                    Check(Bind(insert, i + 1, row[i]));
                var result = raw.sqlite3_step(insert);
                if (result != raw.SQLITE_DONE)
                    Check(result);
                Check(raw.sqlite3_reset(insert));
                count++;
            }
            return count;
        }
    }

    // SQLite numbers a new row after the highest one by itself.
    public override Task FinishAsync(IEnumerable<TableDefinition> tables, CancellationToken cancellationToken) => Task.CompletedTask;

    private sqlite3 Handle => connection.Handle ?? throw new InvalidOperationException("The connection is closed.");

    private static int Bind(sqlite3_stmt statement, int index, object? value) => value switch
    {
        null => raw.sqlite3_bind_null(statement, index),
        long number => raw.sqlite3_bind_int64(statement, index, number),
        int number => raw.sqlite3_bind_int64(statement, index, number),
        bool truth => raw.sqlite3_bind_int(statement, index, truth ? 1 : 0),
        decimal number => raw.sqlite3_bind_int64(statement, index, StoredValues.ToScaled(number)),
        DateTimeOffset time => raw.sqlite3_bind_text(statement, index, StoredValues.ToText(time)),
        string text => raw.sqlite3_bind_text(statement, index, text),
        _ => throw new ArgumentException($"{value.GetType().Name} is not a type of a column.", nameof(value)),
    };

    private void Check(int result) => SqliteException.ThrowExceptionForRC(result, Handle);
}
