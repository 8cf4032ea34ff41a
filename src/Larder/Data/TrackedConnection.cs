using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Larder.Data.QueryCaching;
using Larder.Data.Tracking;
using Larder.Freshness;
using Larder.SqlAnalysis;

namespace Larder.Data;

/// <summary>
/// A connection of a <see cref="TrackedDataSource"/>. What is read through it is reported to the load that reads it; what is written through it is published
/// when its transaction is committed.
/// </summary>
public class TrackedConnection : DbConnection
{
    private readonly TrackedDatabase _database;
    private readonly DbConnection _inner;
    private bool _isOpen;

    internal TrackedConnection(TrackedDatabase database, DbConnection inner, QueryCache? queries = null)
    {
        (_database, _inner, Queries) = (database, inner, queries);
        Session = new TrackedSession(database);
    }

    /// <summary>
    /// The provider's connection, for what only the provider can do. Nobody follows what is done through it: asking for it counts as writing everything, which
    /// is published when the transaction that is open ends, or after the next statement, or when the connection is closed; and nothing that is read here from
    /// then on is cached. <see cref="GetInnerConnection"/> costs less where it is known what will be written.
    /// </summary>
    public DbConnection InnerConnection => GetInner(null);

    /// <summary>The place in the invalidation log of what was published last through this connection; the default value: nothing was.</summary>
    public WriteToken LastWrite => Session.LastWrite;

    /// <inheritdoc />
    [AllowNull]
    public override string ConnectionString
    {
        get => _inner.ConnectionString;
        set => _inner.ConnectionString = value;
    }

    /// <inheritdoc />
    public override int ConnectionTimeout => _inner.ConnectionTimeout;

    /// <inheritdoc />
    public override string Database => _inner.Database;

    /// <inheritdoc />
    public override string DataSource => _inner.DataSource;

    /// <inheritdoc />
    public override string ServerVersion => _inner.ServerVersion;

    /// <inheritdoc />
    public override ConnectionState State => _inner.State;

    /// <inheritdoc />
    public override bool CanCreateBatch => _inner.CanCreateBatch;

    internal TrackedSession Session { get; }

    /// <summary>Where results of queries are kept; null: nowhere.</summary>
    internal QueryCache? Queries { get; }

    internal DbConnection Provider => _inner;

    /// <inheritdoc />
    protected override DbProviderFactory? DbProviderFactory => DbProviderFactories.GetFactory(_inner);

    /// <inheritdoc />
    public override event StateChangeEventHandler? StateChange
    {
        add => _inner.StateChange += value;
        remove => _inner.StateChange -= value;
    }

    /// <summary>The provider's connection, for work that writes the given tables and no others, and changes neither session nor schema.</summary>
    /// <param name="writtenTables">The tables, as the database's catalog spells them; one that is not known counts as everything. None: it only reads.</param>
    /// <returns>The connection, which stays this one's: it is not to be closed.</returns>
    public DbConnection GetInnerConnection(params IReadOnlyList<string> writtenTables)
    {
        ArgumentNullException.ThrowIfNull(writtenTables);
        return GetInner(writtenTables);
    }

    /// <inheritdoc />
    public override void Open()
    {
        // Before the connection is taken: a pool may have just one, and reading the schema needs one, too.
        Blocking.Wait(_database.Schema.GetAsync(CancellationToken.None));
        _inner.Open();
        Opened();
    }

    /// <inheritdoc />
    public override async Task OpenAsync(CancellationToken cancellationToken)
    {
        await _database.Schema.GetAsync(cancellationToken).ConfigureAwait(false);
        await _inner.OpenAsync(cancellationToken).ConfigureAwait(false);
        Opened();
    }

    /// <inheritdoc />
    public override void Close()
    {
        if (!_isOpen)
        {
            return;
        }

        _isOpen = false;
        BeforeClosing();
        _inner.Close();
        Blocking.Wait(Session.CloseAsync());
    }

    /// <inheritdoc />
    public override async Task CloseAsync()
    {
        if (!_isOpen)
        {
            return;
        }

        _isOpen = false;
        BeforeClosing();
        await _inner.CloseAsync().ConfigureAwait(false);
        await Session.CloseAsync().ConfigureAwait(false);
    }

    /// <inheritdoc />
    public override async ValueTask DisposeAsync()
    {
        await CloseAsync().ConfigureAwait(false);
        await _inner.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc />
    public override void ChangeDatabase(string databaseName)
    {
        Session.AddThroughInner(tables: null);
        _inner.ChangeDatabase(databaseName);
    }

    /// <inheritdoc />
    public override void EnlistTransaction(System.Transactions.Transaction? transaction)
    {
        _inner.EnlistTransaction(transaction);
        if (transaction is not null)
        {
            Session.Enlist(transaction);
        }
    }

    /// <inheritdoc />
    public override DataTable GetSchema() => _inner.GetSchema();

    /// <inheritdoc />
    public override DataTable GetSchema(string collectionName) => _inner.GetSchema(collectionName);

    /// <inheritdoc />
    public override DataTable GetSchema(string collectionName, string?[] restrictionValues) => _inner.GetSchema(collectionName, restrictionValues);

    /// <inheritdoc />
    protected override DbTransaction BeginDbTransaction(IsolationLevel isolationLevel)
    {
        Session.EnterAmbient();
        return Blocking.Wait(BeginAsync(isolationLevel, isAsync: false, CancellationToken.None));
    }

    /// <inheritdoc />
    protected override ValueTask<DbTransaction> BeginDbTransactionAsync(IsolationLevel isolationLevel, CancellationToken cancellationToken)
    {
        // Here and not below: what an asynchronous method sets in the flow is gone when it returns.
        Session.EnterAmbient();
        return BeginAsync(isolationLevel, isAsync: true, cancellationToken);
    }

    /// <inheritdoc />
    protected override DbCommand CreateDbCommand() => new TrackedCommand(this, _inner.CreateCommand());

    /// <inheritdoc />
    protected override DbBatch CreateDbBatch() => new TrackedBatch(this, _inner.CreateBatch());

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Close();
            _inner.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>Closes it for a reader that was asked to.</summary>
    internal ValueTask CloseAsync(bool isAsync)
    {
        if (isAsync)
        {
            return new(CloseAsync());
        }

        Close();
        return default;
    }

    private DbConnection GetInner(IReadOnlyList<string>? tables)
    {
        Session.AddThroughInner(tables);
        return _inner;
    }

    private void Opened()
    {
        _isOpen = true;
        if (SystemTransactions.HasCurrent)
        {
            EnlistInCurrent();
        }
    }

    // A method of its own, so that opening a connection does not load System.Transactions.
    private void EnlistInCurrent()
    {
        if (System.Transactions.Transaction.Current is { } transaction)
        {
            Session.Enlist(transaction);
        }
    }

    private async ValueTask<DbTransaction> BeginAsync(IsolationLevel isolationLevel, bool isAsync, CancellationToken cancellationToken)
    {
        try
        {
            await Session.WrittenAsync().ConfigureAwait(false);
            var begun = isAsync
                ? await _inner.BeginTransactionAsync(isolationLevel, cancellationToken).ConfigureAwait(false)
                : _inner.BeginTransaction(isolationLevel);
            Session.Begin();
            return new TrackedTransaction(this, begun);
        }
        catch
        {
            await Session.LeaveAmbientAsync().ConfigureAwait(false);
            throw;
        }
    }

    private void BeforeClosing()
    {
        if (_inner.State == ConnectionState.Open && Session.State == TransactionState.Text && _database.Dialect == SqlDialect.Sqlite)
        {
            RollBack();
        }

        if (Session.Taint is { } taint)
        {
            _database.Discard(_inner, taint);
        }
    }

    // A pool of SQLite connections does not end a transaction that was begun by a statement: whoever gets the connection next could commit it.
    private void RollBack()
    {
        try
        {
            using var command = _inner.CreateCommand();
            command.CommandText = "ROLLBACK";
            command.ExecuteNonQuery();
        }
        catch (DbException)
        {
            // SQLite had ended it by itself.
        }
    }
}
