using System.Collections.Concurrent;
using System.Data.Common;
using Larder.Data;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Larder.Tests.Data;

/// <summary>A SQLite database in a file of its own. It notes every statement that SQLite really runs.</summary>
internal sealed class SqliteTestDatabase : DbDataSource
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"larder-{Guid.NewGuid():N}.db");
    private readonly ConcurrentQueue<string> _statements = new();

    public SqliteTestDatabase(string? schema = null)
    {
        Execute("PRAGMA journal_mode = WAL");
        if (schema is not null)
        {
            Execute(schema);
        }

        _statements.Clear();
    }

    public override string ConnectionString => $"Data Source={_path}";

    /// <summary>As a host registers it: money in ten-thousandths, times as text.</summary>
    public SqlDatabase ForViews => new(this, Options);

    public static SqlDatabaseOptions Options { get; } = new()
    {
        IntegerDecimalScale = 10_000,
        BeginSnapshot = "BEGIN",
        Explain = "EXPLAIN QUERY PLAN",
        ConvertParameter = static value => value switch
        {
            decimal number => decimal.ToInt64(number * 10_000),
            DateTimeOffset time => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'"),
            DateOnly date => date.ToString("yyyy-MM-dd"),
            _ => value,
        },
        Interrupt = static connection => raw.sqlite3_interrupt(((SqliteConnection)connection).Handle!),
    };

    /// <summary>The statements that were run since the database was made, or since the last Clear.</summary>
    public ConcurrentQueue<string> Statements => _statements;

    /// <summary>Called with each statement as it starts.</summary>
    public Action<string>? OnStatement { get; set; }

    public int CountOf(string text) => _statements.Count(statement => statement.Contains(text, StringComparison.Ordinal));

    public void Execute(string sql)
    {
        using var connection = OpenConnection();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    protected override DbConnection CreateDbConnection() => new TracedConnection(ConnectionString, Note);

    protected override void Dispose(bool disposing)
    {
        using (var connection = new SqliteConnection(ConnectionString))
        {
            SqliteConnection.ClearPool(connection);
        }

        foreach (var suffix in new[] { "", "-wal", "-shm" })
        {
            File.Delete(_path + suffix);
        }

        base.Dispose(disposing);
    }

    private void Note(string statement)
    {
        _statements.Enqueue(statement);
        OnStatement?.Invoke(statement);
    }

    private sealed class TracedConnection(string connectionString, Action<string> note) : SqliteConnection(connectionString)
    {
        public override void Open()
        {
            base.Open();
            raw.sqlite3_trace(Handle!, (_, statement) => note(statement), null);
        }
    }
}
