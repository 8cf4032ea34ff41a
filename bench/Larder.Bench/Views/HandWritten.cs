using System.Data.Common;
using System.Text.Json;
using Erp.Database;
using Erp.Products;

namespace Larder.Bench.Views;

/// <summary>
/// The view's statements run without Larder, as fast as the driver lets them: what Larder is compared with. Without a writer every
/// column is read as its type and dropped, which is less work than any application would do; with one the rows are written as JSON.
/// </summary>
internal abstract class HandWritten(Statement[] statements) : IAsyncDisposable
{
    public static HandWritten Open(DatabaseKind kind, string connectionString)
    {
        var statements = Statement.Of(ProductCompleteView.View, value => SqlDialect.For(kind).ToParameter(value));
        return kind == DatabaseKind.PostgreSql ? new PostgreSqlHandWritten(connectionString, statements) : new SqliteHandWritten(connectionString, statements);
    }

    protected Statement[] Statements { get; } = statements;

    /// <summary>One connection, one statement after the other, each prepared.</summary>
    public abstract ValueTask SequentialAsync(long id, Utf8JsonWriter? writer);

    /// <summary>A connection for each statement, all at once, each prepared.</summary>
    public abstract ValueTask ParallelAsync(long id, Utf8JsonWriter?[] writers);

    /// <summary>One statement on a connection of its own, prepared.</summary>
    public abstract ValueTask SectionAsync(int section, long id, Utf8JsonWriter? writer);

    public abstract ValueTask DisposeAsync();

    protected static async ValueTask ReadAsync(DbDataReader reader, Utf8JsonWriter? writer)
    {
        writer?.WriteStartArray();
        while (await reader.ReadAsync())
        {
            writer?.WriteStartObject();
            for (var i = 0; i < reader.FieldCount; i++)
            {
                writer?.WritePropertyName(reader.GetName(i));
                ReadColumn(reader, i, writer);
            }

            writer?.WriteEndObject();
        }

        writer?.WriteEndArray();
    }

    private static void ReadColumn(DbDataReader reader, int column, Utf8JsonWriter? writer)
    {
        if (reader.IsDBNull(column))
        {
            writer?.WriteNullValue();
            return;
        }

        switch (Type.GetTypeCode(reader.GetFieldType(column)))
        {
            case TypeCode.Int64:
                var large = reader.GetInt64(column);
                writer?.WriteNumberValue(large);
                break;
            case TypeCode.Int32:
                var small = reader.GetInt32(column);
                writer?.WriteNumberValue(small);
                break;
            case TypeCode.Boolean:
                var truth = reader.GetBoolean(column);
                writer?.WriteBooleanValue(truth);
                break;
            case TypeCode.Decimal:
                var exact = reader.GetDecimal(column);
                writer?.WriteNumberValue(exact);
                break;
            case TypeCode.DateTime:
                var time = reader.GetDateTime(column);
                writer?.WriteStringValue(time);
                break;
            default:
                var text = reader.GetString(column);
                writer?.WriteStringValue(text);
                break;
        }
    }
}
