using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Erp.Database;

/// <summary>What ConnectionStrings:Erp says: which database, and where.</summary>
/// <param name="Place">The database in words for messages, without secrets.</param>
internal sealed record ErpConnectionString(DatabaseKind Kind, string Value, string Place)
{
    public const string DefaultFile = "data/erp.db";

    private static readonly string[] SqliteKeys = ["Data Source", "DataSource", "Filename"];
    private static readonly string[] PostgreSqlKeys = ["Host", "Server"];

    /// <param name="configured">Null or empty: the SQLite file <see cref="DefaultFile"/>.</param>
    /// <param name="contentRoot">Where a relative SQLite path begins.</param>
    /// <exception cref="DatabaseException">The text cannot be read. The message does not repeat it: it may hold a password.</exception>
    public static ErpConnectionString Parse(string? configured, string contentRoot)
    {
        var text = string.IsNullOrWhiteSpace(configured) ? $"Data Source={DefaultFile}" : configured;
        try
        {
            var keys = new DbConnectionStringBuilder { ConnectionString = text };
            if (SqliteKeys.Any(keys.ContainsKey))
                return ForSqlite(text, contentRoot);
            if (PostgreSqlKeys.Any(keys.ContainsKey))
                return ForPostgreSql(text);
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or KeyNotFoundException)
        {
            throw Unreadable();
        }
        throw Unreadable();
    }

    private static ErpConnectionString ForSqlite(string text, string contentRoot)
    {
        var builder = new SqliteConnectionStringBuilder(text);
        if (builder.Mode == SqliteOpenMode.Memory || builder.DataSource is "" or ":memory:")
            throw new DatabaseException(
                "ConnectionStrings:Erp asks for a SQLite database in memory. The ERP needs a file: every connection would see a database of its own.");
        builder.DataSource = Path.GetFullPath(builder.DataSource, contentRoot);
        // After SQLite's own five seconds of waiting for a lock (busy_timeout) the driver would otherwise go on for thirty.
        builder.DefaultTimeout = 5;
        return new ErpConnectionString(DatabaseKind.Sqlite, builder.ConnectionString, $"SQLite file {builder.DataSource}");
    }

    private static ErpConnectionString ForPostgreSql(string text)
    {
        var builder = new NpgsqlConnectionStringBuilder(text);
        builder.ApplicationName ??= "larder-erp";
        if (!builder.ContainsKey("Max Auto Prepare") || builder.MaxAutoPrepare == 0)
            builder.MaxAutoPrepare = 64;
        return new ErpConnectionString(
            DatabaseKind.PostgreSql, builder.ConnectionString, $"PostgreSQL database {builder.Database ?? builder.Username} at {builder.Host}:{builder.Port}");
    }

    private static DatabaseException Unreadable() => new(
        "ConnectionStrings:Erp cannot be read. It begins with 'Data Source=<file>' (SQLite) or 'Host=<server>' (PostgreSQL); "
        + "every keyword must be one of the driver's, and a value that holds ; or = stands in quotes.");
}
