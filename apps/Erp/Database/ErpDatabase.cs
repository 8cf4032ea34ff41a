using System.Data.Common;
using Npgsql;

namespace Erp.Database;

/// <summary>The ERP's database, SQLite or PostgreSQL: connections to read with and <see cref="WriteAsync{T}"/> to write with.</summary>
internal sealed class ErpDatabase : IAsyncDisposable
{
    private const int WriteAttempts = 6;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(10);

    private readonly TimeProvider _time;

    // SQLite has one writer. Waiting here costs nothing; waiting in SQLite polls.
    private readonly SemaphoreSlim? _writer;

    private ErpDatabase(DbDataSource dataSource, SqlDialect dialect, string place, TimeProvider time)
    {
        DataSource = dataSource;
        Dialect = dialect;
        Place = place;
        _time = time;
        _writer = dialect.Kind == DatabaseKind.Sqlite ? new SemaphoreSlim(1, 1) : null;
    }

    public DbDataSource DataSource { get; }

    public SqlDialect Dialect { get; }

    public DatabaseKind Kind => Dialect.Kind;

    /// <summary>Which database this is, in words and without secrets.</summary>
    public string Place { get; }

    /// <summary>Opens nothing yet: the first connection does.</summary>
    /// <param name="connectionString">ConnectionStrings:Erp; null or empty: a SQLite file below <paramref name="contentRoot"/>.</param>
    /// <exception cref="DatabaseException">The connection string cannot be read, or the SQLite file's folder cannot be made.</exception>
    public static ErpDatabase Open(string? connectionString, string contentRoot, TimeProvider time)
    {
        DapperTypeHandlers.Register();
        var parsed = ErpConnectionString.Parse(connectionString, contentRoot);
        var dialect = SqlDialect.For(parsed.Kind);
        if (parsed.Kind == DatabaseKind.PostgreSql)
            return new ErpDatabase(NpgsqlDataSource.Create(parsed.Value), dialect, parsed.Place, time);

        _ = SqliteLibrary.Version;
        var file = new Microsoft.Data.Sqlite.SqliteConnectionStringBuilder(parsed.Value).DataSource;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new DatabaseException($"The folder of the {parsed.Place} cannot be made: {exception.Message}", exception);
        }
        return new ErpDatabase(new SqliteDataSource(parsed.Value), dialect, parsed.Place, time);
    }

    /// <summary>Runs work in one transaction and commits it. Throwing rolls everything back.</summary>
    /// <remarks>
    /// The work runs again, whole, when another writer was in the way (serialization failure, deadlock, SQLITE_BUSY): it must have no
    /// effects outside the transaction. PostgreSQL runs it at READ COMMITTED, so rows that are read to be changed are read FOR UPDATE
    /// or changed in one statement; on SQLite it is the only writer.
    /// </remarks>
    public async Task<T> WriteAsync<T>(
        Func<DbConnection, DbTransaction, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        if (_writer is not null)
            await _writer.WaitAsync(cancellationToken);
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                try
                {
                    return await WriteOnceAsync(work, cancellationToken);
                }
                catch (Exception exception) when (attempt < WriteAttempts && Dialect.IsContention(exception))
                {
                    await Task.Delay(PauseAfter(attempt), _time, cancellationToken);
                }
            }
        }
        finally
        {
            _writer?.Release();
        }
    }

    private async Task<T> WriteOnceAsync<T>(
        Func<DbConnection, DbTransaction, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        await using var connection = await DataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var result = await work(connection, transaction, cancellationToken);
        // A caller that goes away during the commit must not leave open whether it happened.
        await transaction.CommitAsync(CancellationToken.None);
        return result;
    }

    // Doubling, with a random share so that two writers that met do not meet again.
    private static TimeSpan PauseAfter(int attempt) =>
        FirstPause * (1 << (attempt - 1)) * (0.5 + Random.Shared.NextDouble());

    public async ValueTask DisposeAsync()
    {
        await DataSource.DisposeAsync();
        _writer?.Dispose();
    }
}
