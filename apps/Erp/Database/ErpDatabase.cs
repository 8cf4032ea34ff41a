using System.Data.Common;

namespace Erp.Database;

/// <summary>The ERP's database, SQLite or PostgreSQL: connections to read with and <see cref="WriteAsync{T}"/> to write with.</summary>
internal sealed class ErpDatabase : IAsyncDisposable
{
    private const int WriteAttempts = 6;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(10);

    private readonly TimeProvider _time;

    // SQLite has one writer. Waiting here costs nothing; waiting in SQLite polls.
    private readonly SemaphoreSlim? _writer;
    private readonly bool _ownsSource;

    /// <summary>A database whose reads and writes go through the given data source.</summary>
    /// <param name="source">Where the data are. Not disposed by this object.</param>
    /// <param name="dataSource">The source's own data source, or one that follows what goes through it.</param>
    /// <param name="time">The clock of the pauses between attempts.</param>
    public ErpDatabase(ErpDataSource source, DbDataSource dataSource, TimeProvider time)
    {
        (Source, DataSource, _time) = (source, dataSource, time);
        _writer = Kind == DatabaseKind.Sqlite ? new SemaphoreSlim(1, 1) : null;
    }

    private ErpDatabase(ErpDataSource source, TimeProvider time)
        : this(source, source.Provider, time) =>
        _ownsSource = true;

    public ErpDataSource Source { get; }

    public DbDataSource DataSource { get; }

    public SqlDialect Dialect => Source.Dialect;

    public DatabaseKind Kind => Dialect.Kind;

    /// <summary>Which database this is, in words and without secrets.</summary>
    public string Place => Source.Place;

    /// <summary>Opens a database that nothing is cached of: for tools and tests.</summary>
    /// <inheritdoc cref="ErpDataSource.Open" />
    public static ErpDatabase Open(string? connectionString, string contentRoot, TimeProvider time) =>
        new(ErpDataSource.Open(connectionString, contentRoot), time);

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
        if (_ownsSource)
            await Source.DisposeAsync();
        _writer?.Dispose();
    }
}
