using System.Data.Common;
using System.Transactions;
using Larder.Freshness;
using Larder.SqlAnalysis;
using Larder.SqlAnalysis.Statements;

namespace Larder.Data.Tracking;

/// <summary>
/// What is known of one open connection: the transaction it is in and what that has written, the readers that are open on it, and whether its names and
/// settings are still those that the schema was read with. For one thread at a time, as the connection is.
/// </summary>
/// <remarks>
/// The one rule of its writes: a tag leaves it for the log when its transaction has surely been committed, or may have been; and only a rollback that surely
/// happened lets one go. Where that is in doubt, both happen: published now, and kept.
/// </remarks>
internal sealed class TrackedSession(TrackedDatabase database)
{
    private readonly TextTransaction _transaction = new(database.Dialect);
    private PendingWrites _pending = new();
    private AmbientTransaction? _ambient;

    public TrackedDatabase Database => database;

    public TransactionState State => _transaction.State;

    /// <summary>How many readers are open: on SQLite they hold a snapshot that a new read shares.</summary>
    public int OpenReaders { get; set; }

    /// <summary>Why names may mean something else here; null: they mean what the schema says.</summary>
    public string? Taint { get; private set; }

    /// <summary>The place in the log of what was published last; poison when one of them is not in the log.</summary>
    public WriteToken LastWrite { get; private set; }

    /// <summary>Whether the schema may be read through the connection.</summary>
    public bool IsIdle => State == TransactionState.None && OpenReaders == 0 && Taint is null && !SystemTransactions.HasCurrent;

    /// <summary>Why what is read now must not be given to others; null: it may.</summary>
    private string? WhyPrivate => State != TransactionState.None ? "it was read in a transaction"
        : OpenReaders > 0 ? "another reader was open on its connection"
        : Taint ?? database.Taint;

    /// <summary>Whether what is read now may come from the cache and go into it.</summary>
    public bool MayUseCache => WhyPrivate is null && !FreshnessFlow.IsInTransaction(FreshnessFlow.Current);

    /// <summary>The analysis to use, brought up to date where that can be done here.</summary>
    public async ValueTask<SqlAnalyzer> AnalyzerAsync(DbConnection inner, string text, CancellationToken cancellationToken)
    {
        var analyzer = database.Schema.Current;
        if (analyzer is null)
        {
            // In a transaction of somebody who changed the schema, reading it elsewhere could wait for him. What is out of date counts as everything.
            analyzer = IsIdle ? await database.Schema.GetAsync(inner, cancellationToken).ConfigureAwait(false) : database.Schema.Last!;
        }

        return IsIdle && analyzer.Analyze(text).NamesUnknown
            ? await database.Schema.DemandAsync(inner, cancellationToken).ConfigureAwait(false)
            : analyzer;
    }

    /// <summary>Tells the load that this code runs in what it is about to read.</summary>
    public void Report(ReadScope scope, in WorkPart part)
    {
        if (WhyPrivate is { } reason)
        {
            scope.MarkPrivate(reason);
            return;
        }

        if (!part.Text.IsCacheable)
        {
            scope.MarkNotStorable(part.Text.NotCacheable ?? "it is not understood");
            return;
        }

        var parameters = new DbSqlParameters(part.Parameters, database.Dialect);
        foreach (var statement in part.Text.Statements)
        {
            scope.Report(new ReadStatement(database.Options.Name, statement.Text, ValuesOf(part.Parameters), database.TagsOf(statement, parameters)));
        }
    }

    private static KeyValuePair<string, object?>[] ValuesOf(DbParameterCollection parameters)
    {
        if (parameters.Count == 0)
        {
            return [];
        }

        var values = new KeyValuePair<string, object?>[parameters.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = new(parameters[i].ParameterName, parameters[i].Value);
        }

        return values;
    }

    /// <summary>Enters the flow of the caller. To be called by a method that is not asynchronous itself.</summary>
    public void EnterAmbient()
    {
        if (_ambient is not { IsActive: true })
        {
            _ambient = AmbientTransaction.Enter();
        }
    }

    /// <summary>Leaves it again, where nothing came of the transaction.</summary>
    public ValueTask LeaveAmbientAsync() => State == TransactionState.None ? EndAmbientAsync() : default;

    public void Begin() => _transaction.State = TransactionState.Explicit;

    /// <summary>Follows a transaction of System.Transactions, which the provider has enlisted its connection in.</summary>
    public void Enlist(Transaction transaction)
    {
        _transaction.State = TransactionState.System;

        // The connection may be closed, and even be lent to others, before the transaction ends.
        var pending = _pending = new PendingWrites();
        transaction.TransactionCompleted += (_, _) =>
        {
            // Whatever its outcome: what was not committed is dropped once too often.
            database.PublishDetached(pending);
            if (ReferenceEquals(pending, _pending))
            {
                _transaction.Reset();
                _pending = new PendingWrites();
            }
        };
    }

    /// <summary>Adds what a statement wrote.</summary>
    public void Add<TParameters>(SqlAnalyzer analyzer, StatementAnalysis statement, TParameters parameters, in WriteObservation observed)
        where TParameters : ISqlParameters
    {
        if (statement.TaintsSession)
        {
            Taint ??= $"its connection was changed by: {(statement.Text.Length > 100 ? statement.Text[..100] : statement.Text)}";
        }

        _pending.Add(analyzer, statement, parameters, observed);
    }

    /// <summary>Adds what is done through the provider's own connection.</summary>
    public void AddThroughInner(IReadOnlyList<string>? tables)
    {
        ReadScope.Current?.MarkPrivate("it was read through the provider's own connection");
        if (tables is null)
        {
            _pending.AddUntracked("the provider's own connection was asked for");
            Taint ??= "its connection was used past the tracking";
            return;
        }

        foreach (var table in tables)
        {
            if (database.Schema.Current is { } analyzer && analyzer.Schema.Find(null, table) is { } relation)
            {
                _pending.AddUntracked(analyzer, relation);
            }
            else
            {
                _pending.AddUntracked($"{table} is not in the schema");
            }
        }
    }

    /// <summary>Follows a statement that controls transactions. What has ended is published, or let go.</summary>
    public ValueTask FollowAsync(StatementAnalysis statement) => _transaction.Follow(statement) switch
    {
        TransactionEnd.Committed => CommittedAsync(),
        TransactionEnd.RolledBack => RolledBackAsync(),
        _ => default,
    };

    /// <summary>
    /// Follows a text of several statements that controls transactions and writes in between. What it wrote is published whatever became of it, and kept
    /// where a transaction is open behind it.
    /// </summary>
    public async ValueTask FollowMixedAsync(IEnumerable<StatementAnalysis> statements)
    {
        foreach (var statement in statements)
        {
            _transaction.Follow(statement);
        }

        await PublishAsync(_pending).ConfigureAwait(false);
        if (State == TransactionState.None)
        {
            _pending = new PendingWrites();
            await EndAmbientAsync().ConfigureAwait(false);
        }
    }

    /// <summary>A statement, or a text, has succeeded. Where it was its own transaction, what it wrote is published.</summary>
    public ValueTask WrittenAsync()
    {
        switch (State)
        {
            case TransactionState.None:
                return _pending.IsEmpty ? default : CommittedAsync();

            // Microsoft.Data.Sqlite does not take part in them: it has committed.
            case TransactionState.System when database.Dialect == SqlDialect.Sqlite:
            case TransactionState.Text or TransactionState.Explicit when _transaction.IsDoubtful:
                return PublishAsync(_pending);
            default:
                return default;
        }
    }

    /// <summary>A statement that writes has failed, outside of a transaction that the data layer owned and has rolled back.</summary>
    public async ValueTask FailedAsync(Exception exception)
    {
        if (State == TransactionState.None && UnknownOutcomes.IsAnswered(exception, database.Dialect))
        {
            // Most likely nothing happened, but a procedure commits as it goes.
            await CommittedAsync().ConfigureAwait(false);
        }
        else if (State == TransactionState.None)
        {
            await UnknownAsync(exception).ConfigureAwait(false);
        }
        else if (database.Dialect == SqlDialect.Sqlite)
        {
            _transaction.IsDoubtful = true;
            await PublishAsync(_pending).ConfigureAwait(false);
        }
    }

    /// <summary>A text of several statements that controls transactions has failed somewhere.</summary>
    public async ValueTask FailedMixedAsync(Exception exception)
    {
        if (!UnknownOutcomes.IsAnswered(exception, database.Dialect))
        {
            await UnknownAsync(exception).ConfigureAwait(false);
            return;
        }

        // Nobody knows which of them failed, and whether a transaction is open now.
        _transaction.State = TransactionState.Text;
        _transaction.IsDoubtful = true;
        await PublishAsync(_pending).ConfigureAwait(false);
    }

    /// <summary>To be called before a transaction of the data source is committed, where that is known before it happens.</summary>
    public ValueTask BeforeCommitAsync(DbConnection inner, DbTransaction transaction, bool isAsync, CancellationToken cancellationToken) =>
        database.Options.Precision == TrackingPrecision.Row
            ? ParentReader.ReadAsync(_pending, inner, transaction, database.Dialect, isAsync, cancellationToken)
            : default;

    public async ValueTask CommittedAsync()
    {
        var pending = Take();
        await PublishAsync(pending).ConfigureAwait(false);
        await EndAmbientAsync().ConfigureAwait(false);
    }

    public ValueTask RolledBackAsync()
    {
        var pending = Take();
        _ambient?.End();
        _ambient = null;
        return pending.IsUntracked ? PublishAsync(pending) : default;
    }

    /// <summary>A commit has ended in an error.</summary>
    public async ValueTask CommitFailedAsync(Exception exception)
    {
        if (database.Dialect == SqlDialect.PostgreSql && UnknownOutcomes.IsAnswered(exception, database.Dialect))
        {
            await RolledBackAsync().ConfigureAwait(false);
        }
        else if (database.Dialect == SqlDialect.Sqlite)
        {
            // A busy database leaves the transaction open, to be committed later; other errors may have ended it.
            _transaction.IsDoubtful = true;
            await PublishAsync(_pending).ConfigureAwait(false);
        }
        else
        {
            await UnknownAsync(exception).ConfigureAwait(false);
        }
    }

    /// <summary>The connection is closed. A transaction that is open is rolled back with it; what was done past the tracking is published.</summary>
    public async ValueTask CloseAsync()
    {
        if (State is TransactionState.Explicit or TransactionState.Text)
        {
            await RolledBackAsync().ConfigureAwait(false);
        }
        else if (State == TransactionState.None)
        {
            await WrittenAsync().ConfigureAwait(false);
        }

        _transaction.Reset();
        _pending = new PendingWrites();
        Taint = null;
        OpenReaders = 0;
    }

    private async ValueTask UnknownAsync(Exception exception)
    {
        var pending = Take();
        Note(await database.PublishUnknownAsync(pending, exception).ConfigureAwait(false));
        await EndAmbientAsync().ConfigureAwait(false);
    }

    private PendingWrites Take()
    {
        var pending = _pending;
        _pending = new PendingWrites();
        if (!_transaction.IsDoubtful || State != TransactionState.Text)
        {
            _transaction.Reset();
        }

        return pending;
    }

    private ValueTask PublishAsync(PendingWrites pending)
    {
        var published = database.PublishAsync(pending);
        if (!published.IsCompletedSuccessfully)
        {
            return AwaitAsync(published);
        }

        Note(published.GetAwaiter().GetResult());
        return default;
    }

    private async ValueTask AwaitAsync(ValueTask<WriteToken> published) => Note(await published.ConfigureAwait(false));

    private void Note(WriteToken token)
    {
        if (!token.IsNone && !LastWrite.IsPoison)
        {
            LastWrite = token;
        }
    }

    private async ValueTask EndAmbientAsync()
    {
        if (_ambient is not { } ambient)
        {
            return;
        }

        _ambient = null;
        foreach (var writes in ambient.End())
        {
            Note(await database.PublishAsync(writes).ConfigureAwait(false));
        }
    }
}
