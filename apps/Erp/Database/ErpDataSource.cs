using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Erp.Database;

/// <summary>Where the ERP's data are: the provider's data source, which nothing follows, and the dialect of its SQL.</summary>
internal sealed class ErpDataSource : IAsyncDisposable
{
    private ErpDataSource(DbDataSource provider, SqlDialect dialect, string place) => (Provider, Dialect, Place) = (provider, dialect, place);

    public DbDataSource Provider { get; }

    public SqlDialect Dialect { get; }

    /// <summary>Which database this is, in words and without secrets.</summary>
    public string Place { get; }

    /// <summary>Opens nothing yet: the first connection does.</summary>
    /// <param name="connectionString">ConnectionStrings:Erp; null or empty: a SQLite file below <paramref name="contentRoot"/>.</param>
    /// <exception cref="DatabaseException">The connection string cannot be read, or the SQLite file's folder cannot be made.</exception>
    public static ErpDataSource Open(string? connectionString, string contentRoot)
    {
        DapperTypeHandlers.Register();
        var parsed = ErpConnectionString.Parse(connectionString, contentRoot);
        var dialect = SqlDialect.For(parsed.Kind);
        if (parsed.Kind == DatabaseKind.PostgreSql)
            return new ErpDataSource(NpgsqlDataSource.Create(parsed.Value), dialect, parsed.Place);

        _ = SqliteLibrary.Version;
        var file = new SqliteConnectionStringBuilder(parsed.Value).DataSource;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new DatabaseException($"The folder of the {parsed.Place} cannot be made: {exception.Message}", exception);
        }
        return new ErpDataSource(new SqliteDataSource(parsed.Value), dialect, parsed.Place);
    }

    public ValueTask DisposeAsync() => Provider.DisposeAsync();
}
