using System.Data;
using System.Data.Common;
using Larder.SqlAnalysis;
using Larder.SqlAnalysis.Statements;

namespace Larder.Data.Tracking;

/// <summary>
/// One execution of what may write, in these steps:
/// <list type="number">
/// <item>Outside of any transaction PostgreSQL gets one of our own around it: rows and counts of a statement that commits by itself can reach the client while
/// others still read what it replaces, and where the connection breaks nobody could tell whether it happened. Broken before our COMMIT, it did not.</item>
/// <item>Old values that nothing else tells are read, in the same transaction.</item>
/// <item>The statement is executed, and what it returns is noted.</item>
/// <item>What it wrote joins what its transaction wrote; our own transaction is committed; then it is published.</item>
/// </list>
/// A failure after the statement was sent loses no tag, unless the rollback is certain.
/// </summary>
internal sealed class WriteRun(TrackedSession session, DbConnection inner, SqlAnalyzer analyzer, InnerWork work, WorkPart[] parts)
{
    private BoundParameters[]? _bound;
    private List<object?[]>? _captured;
    private DbTransaction? _owned;
    private DbTransaction? _before;
    private bool _isOver;

    /// <summary>Notes rows; null where nobody needs them.</summary>
    public RowRecorder? Recorder { get; private set; }

    /// <summary>Whether rows come that the caller did not ask for.</summary>
    public bool AddsReturning { get; private set; }

    /// <summary>The only statement; null where there are several.</summary>
    public StatementAnalysis? Only { get; } = parts is [{ Text.Statements: [var only] }] ? only : null;

    private SqlDialect Dialect => session.Database.Dialect;

    /// <summary>Steps 1 and 2.</summary>
    /// <param name="mayAddReturning">Whether the caller sees no rows, and the text may be changed.</param>
    /// <param name="mayChangeText">Whether the text may be changed for a moment.</param>
    /// <param name="isRead">Whether the caller reads rows, and may change its parameters meanwhile.</param>
    /// <param name="isAsync">False: nothing returns before it is done.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async ValueTask BeginAsync(bool mayAddReturning, bool mayChangeText, bool isRead, bool isAsync, CancellationToken cancellationToken)
    {
        if (isRead)
        {
            _bound = Array.ConvertAll(parts, part => new BoundParameters(part.Text.Statements, part.Parameters, Dialect));
        }

        var isFine = session.Database.Options.Precision == TrackingPrecision.Row && Only is { Target.IsAnyRow: false, WritesAnything: null };
        var captures = isFine && mayChangeText && session.Database.Options.CaptureOldValues && MustCapture(Only!);
        var readsParents = isFine && Only!.Target!.Relation.Paths.Length > 0;
        if (session.State == TransactionState.None && (captures || ((readsParents || Dialect == SqlDialect.PostgreSql) && MayBeInATransaction())))
        {
            _before = work.Transaction;
            _owned = isAsync ? await inner.BeginTransactionAsync(cancellationToken).ConfigureAwait(false) : inner.BeginTransaction();
            work.SetTransaction(_owned);
        }

        try
        {
            if (captures)
            {
                _captured = await CaptureAsync(Only!.Capture!, isAsync, cancellationToken).ConfigureAwait(false);
            }
        }
        catch
        {
            await RollBackOwnAsync(isAsync).ConfigureAwait(false);
            throw;
        }

        AddsReturning = isFine && mayAddReturning && Only!.ReturningSuffix is not null;
        if (AddsReturning || (isFine && Only!.HasReturning && Only.Returned.Length > 0))
        {
            Recorder = new RowRecorder(Only!, AddsReturning, Dialect);
        }
    }

    /// <summary>Step 4.</summary>
    /// <param name="affected">How many rows the only statement changed; negative where that is not known.</param>
    /// <param name="isAsync">False: nothing returns before it is done.</param>
    public async ValueTask EndAsync(long affected, bool isAsync)
    {
        if (_isOver)
        {
            return;
        }

        _isOver = true;
        AddWrites(affected, isFailed: false);
        if (_owned is not null)
        {
            await CommitOwnAsync(isAsync).ConfigureAwait(false);
            return;
        }

        var statements = parts.SelectMany(part => part.Text.Statements);
        if (Only is { Transaction: not TransactionAction.None } control)
        {
            await session.FollowAsync(control).ConfigureAwait(false);
        }
        else if (Only is null && statements.Any(statement => statement.Transaction != TransactionAction.None))
        {
            await session.FollowMixedAsync(statements).ConfigureAwait(false);
            return;
        }

        await session.WrittenAsync().ConfigureAwait(false);
    }

    /// <summary>The execution, or the reading of its results, has failed.</summary>
    public async ValueTask FailAsync(Exception exception, bool isAsync)
    {
        if (_isOver)
        {
            return;
        }

        _isOver = true;
        if (_owned is not null)
        {
            await RollBackOwnAsync(isAsync).ConfigureAwait(false);
            return;
        }

        AddWrites(affected: -1, isFailed: true);
        var isControl = parts.Any(part => part.Text.Statements.Any(statement => statement.Transaction != TransactionAction.None));
        if (isControl && Only is null)
        {
            await session.FailedMixedAsync(exception).ConfigureAwait(false);
        }
        else if (Only is { Transaction: TransactionAction.Commit or TransactionAction.Release })
        {
            await session.CommitFailedAsync(exception).ConfigureAwait(false);
        }
        else
        {
            await session.FailedAsync(exception).ConfigureAwait(false);
        }
    }

    private async ValueTask CommitOwnAsync(bool isAsync)
    {
        var owned = _owned!;
        work.SetTransaction(_before);
        try
        {
            await session.BeforeCommitAsync(inner, owned, isAsync, CancellationToken.None).ConfigureAwait(false);
            if (isAsync)
            {
                // A caller that goes away meanwhile must not leave open whether it happened.
                await owned.CommitAsync(CancellationToken.None).ConfigureAwait(false);
            }
            else
            {
                owned.Commit();
            }
        }
        catch (Exception exception)
        {
            await session.CommitFailedAsync(exception).ConfigureAwait(false);
            throw;
        }
        finally
        {
            await DisposeAsync(owned, isAsync).ConfigureAwait(false);
        }

        await session.CommittedAsync().ConfigureAwait(false);
    }

    // Whether the provider says so or not: what was never committed is rolled back, at the latest with its connection.
    private async ValueTask RollBackOwnAsync(bool isAsync)
    {
        if (_owned is not { } owned)
        {
            return;
        }

        work.SetTransaction(_before);
        try
        {
            await DisposeAsync(owned, isAsync).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // The connection is broken; the first error is the one to be told of.
        }

        await session.RolledBackAsync().ConfigureAwait(false);
    }

    private void AddWrites(long affected, bool isFailed)
    {
        for (var i = 0; i < parts.Length; i++)
        {
            var part = parts[i];
            foreach (var statement in part.Text.Statements)
            {
                var observed = new WriteObservation { Affected = -1 };
                if (ReferenceEquals(statement, Only) && !isFailed)
                {
                    observed = Observe(part, affected);
                }

                if (_bound is not null)
                {
                    session.Add(analyzer, statement, _bound[i], observed);
                }
                else
                {
                    session.Add(analyzer, statement, new DbSqlParameters(part.Parameters, Dialect), observed);
                }
            }
        }
    }

    private WriteObservation Observe(in WorkPart part, long affected)
    {
        // A batch counts a statement of which it knows nothing as 0 rows.
        var counted = part.BatchCommand is { RecordsAffected: > 0 and var count } ? count : part.BatchCommand is null ? affected : -1;
        return new WriteObservation { Affected = counted, Captured = _captured, Returned = Recorder?.Rows, ReturnedOrdinals = Recorder?.Places };
    }

    private async ValueTask<List<object?[]>> CaptureAsync(CaptureQuery capture, bool isAsync, CancellationToken cancellationToken)
    {
        var command = work.Command!;
        var text = command.CommandText;
        command.CommandText = capture.Text;
        try
        {
            var rows = new List<object?[]>();
            var reader = await work.ExecuteReaderAsync(CommandBehavior.Default, isAsync, cancellationToken).ConfigureAwait(false);
            await using var disposal = reader.ConfigureAwait(false);
            while (isAsync ? await reader.ReadAsync(cancellationToken).ConfigureAwait(false) : reader.Read())
            {
                var row = new object?[capture.Columns.Length];
                reader.GetValues(row!);
                rows.Add(row);
            }

            return rows;
        }
        finally
        {
            command.CommandText = text;
        }
    }

    // What a statement does not assign, RETURNING tells of the old rows as well. An untyped NULL that the query does not mention would have no type.
    private bool MustCapture(StatementAnalysis statement) =>
        statement.Capture is not null
        && statement.Target!.Columns.Any(column => !column.IsOldKnown && !column.IsKept)
        && !parts[0].Parameters.Cast<DbParameter>().Any(parameter => string.IsNullOrEmpty(parameter.ParameterName) && parameter.Value is null or DBNull);

    // A procedure may commit by itself, and some statements refuse to run in a transaction.
    private bool MayBeInATransaction() => parts.All(part => part.Text.Statements.All(statement => statement.Transaction == TransactionAction.None && statement.Kind switch
    {
        StatementKind.Read or StatementKind.Write or StatementKind.ReadWrite => true,
        StatementKind.Unknown => statement.Text.StartsWith("SELECT", StringComparison.OrdinalIgnoreCase) || statement.Text.StartsWith("WITH", StringComparison.OrdinalIgnoreCase),
        _ => false,
    }));

    private static async ValueTask DisposeAsync(DbTransaction transaction, bool isAsync)
    {
        if (isAsync)
        {
            await transaction.DisposeAsync().ConfigureAwait(false);
        }
        else
        {
            transaction.Dispose();
        }
    }
}
