using System.Data;
using System.Data.Common;
using Larder.SqlAnalysis.Statements;

namespace Larder.Data.Tracking;

/// <summary>A batch of a <see cref="TrackedConnection"/>. Its commands and their parameters are the provider's.</summary>
internal sealed class TrackedBatch : DbBatch
{
    private readonly DbBatch _inner;
    private TrackedConnection? _connection;
    private DbTransaction? _transaction;

    internal TrackedBatch(TrackedConnection connection, DbBatch inner) => (_connection, _inner) = (connection, inner);

    public override int Timeout
    {
        get => _inner.Timeout;
        set => _inner.Timeout = value;
    }

    protected override DbBatchCommandCollection DbBatchCommands => _inner.BatchCommands;

    protected override DbConnection? DbConnection
    {
        get => _connection;
        set
        {
            _connection = (TrackedConnection?)value;
            _inner.Connection = _connection?.Provider;
        }
    }

    protected override DbTransaction? DbTransaction
    {
        get => _transaction;
        set
        {
            _transaction = value;
            _inner.Transaction = value is TrackedTransaction tracked ? tracked.Provider : value;
        }
    }

    private TrackedConnection Connected => _connection ?? throw new InvalidOperationException("The batch has no connection.");

    public override void Cancel() => _inner.Cancel();

    public override void Prepare() => _inner.Prepare();

    public override Task PrepareAsync(CancellationToken cancellationToken = default) => _inner.PrepareAsync(cancellationToken);

    public override int ExecuteNonQuery()
    {
        EnterAmbient();
        return Blocking.Wait(ExecuteNonQueryAsync(isAsync: false, CancellationToken.None));
    }

    public override Task<int> ExecuteNonQueryAsync(CancellationToken cancellationToken = default)
    {
        EnterAmbient();
        return ExecuteNonQueryAsync(isAsync: true, cancellationToken).AsTask();
    }

    public override object? ExecuteScalar()
    {
        EnterAmbient();
        return Blocking.Wait(ExecuteScalarAsync(isAsync: false, CancellationToken.None));
    }

    public override Task<object?> ExecuteScalarAsync(CancellationToken cancellationToken = default)
    {
        EnterAmbient();
        return ExecuteScalarAsync(isAsync: true, cancellationToken).AsTask();
    }

    public override void Dispose()
    {
        _inner.Dispose();
        base.Dispose();
    }

    public override async ValueTask DisposeAsync()
    {
        await _inner.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    protected override DbBatchCommand CreateDbBatchCommand() => _inner.CreateBatchCommand();

    protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior)
    {
        EnterAmbient();
        return Blocking.Wait(ExecuteReaderAsync(behavior, isAsync: false, CancellationToken.None));
    }

    protected override Task<DbDataReader> ExecuteDbDataReaderAsync(CommandBehavior behavior, CancellationToken cancellationToken)
    {
        EnterAmbient();
        return ExecuteReaderAsync(behavior, isAsync: true, cancellationToken).AsTask();
    }

    private void EnterAmbient()
    {
        if (_connection?.Session is { } session && session.Database.Schema.Last is { } analyzer
            && _inner.BatchCommands.Any(command => analyzer.Analyze(command.CommandText).BeginsTransaction))
        {
            session.EnterAmbient();
        }
    }

    private async ValueTask<int> ExecuteNonQueryAsync(bool isAsync, CancellationToken cancellationToken)
    {
        var work = new TrackedWork(Connected, new InnerWork(_inner));
        return await BeginAsync(work, isRead: false, isAsync, cancellationToken).ConfigureAwait(false) is { } run
            ? await work.ExecuteNonQueryAsync(run, isAsync, cancellationToken).ConfigureAwait(false)
            : await work.Inner.ExecuteNonQueryAsync(isAsync, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<object?> ExecuteScalarAsync(bool isAsync, CancellationToken cancellationToken)
    {
        var work = new TrackedWork(Connected, new InnerWork(_inner));
        return await BeginAsync(work, isRead: false, isAsync, cancellationToken).ConfigureAwait(false) is { } run
            ? await work.ExecuteScalarAsync(run, isAsync, cancellationToken).ConfigureAwait(false)
            : await work.Inner.ExecuteScalarAsync(isAsync, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<DbDataReader> ExecuteReaderAsync(CommandBehavior behavior, bool isAsync, CancellationToken cancellationToken)
    {
        var work = new TrackedWork(Connected, new InnerWork(_inner));
        var run = await BeginAsync(work, isRead: true, isAsync, cancellationToken).ConfigureAwait(false);
        return await work.ExecuteReaderAsync(run, behavior, _inner.BatchCommands.Count, isAsync, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Null: it only reads.</summary>
    private async ValueTask<WriteRun?> BeginAsync(TrackedWork work, bool isRead, bool isAsync, CancellationToken cancellationToken)
    {
        var (parts, isReadOnly) = (new WorkPart[_inner.BatchCommands.Count], true);
        SqlAnalyzer? analyzer = null;
        for (var i = 0; i < parts.Length; i++)
        {
            var command = _inner.BatchCommands[i];
            var text = command.CommandType == CommandType.Text ? command.CommandText : $"CALL {command.CommandText}";
            var current = await Connected.Session.AnalyzerAsync(Connected.Provider, text, cancellationToken).ConfigureAwait(false);
            if (analyzer is not null && !ReferenceEquals(analyzer, current))
            {
                // The schema turned out to be another one: all of the batch is looked at with that.
                analyzer = current;
                i = -1;
                isReadOnly = true;
                continue;
            }

            analyzer = current;
            parts[i] = new WorkPart(current.Analyze(text), command.Parameters, command);
            isReadOnly &= TrackedWork.OnlyReads(parts[i]);
        }

        foreach (var part in parts)
        {
            work.Report(part);
        }

        if (isReadOnly || analyzer is null)
        {
            return null;
        }

        var run = work.Run(analyzer, parts);
        await run.BeginAsync(mayAddReturning: false, mayChangeText: false, isRead, isAsync, cancellationToken).ConfigureAwait(false);
        return run;
    }
}
