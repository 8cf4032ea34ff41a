using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Larder.Data.QueryCaching;
using Larder.Freshness;
using Larder.SqlAnalysis.Statements;

namespace Larder.Data.Tracking;

/// <summary>A command of a <see cref="TrackedConnection"/>. Its parameters are the provider's.</summary>
internal sealed class TrackedCommand : DbCommand
{
    private readonly DbCommand _inner;
    private TrackedConnection? _connection;
    private DbTransaction? _transaction;
    private string _text = "";
    private bool _isPrepared;
    private bool _isSent;

    internal TrackedCommand(TrackedConnection connection, DbCommand inner) => (_connection, _inner) = (connection, inner);

    [AllowNull]
    public override string CommandText
    {
        get => _text;
        set
        {
            _text = value ?? "";
            (_isPrepared, _isSent) = (false, false);
        }
    }

    public override int CommandTimeout
    {
        get => _inner.CommandTimeout;
        set => _inner.CommandTimeout = value;
    }

    public override CommandType CommandType
    {
        get => _inner.CommandType;
        set => _inner.CommandType = value;
    }

    public override bool DesignTimeVisible
    {
        get => _inner.DesignTimeVisible;
        set => _inner.DesignTimeVisible = value;
    }

    public override UpdateRowSource UpdatedRowSource
    {
        get => _inner.UpdatedRowSource;
        set => _inner.UpdatedRowSource = value;
    }

    protected override DbParameterCollection DbParameterCollection => _inner.Parameters;

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

    private TrackedConnection Connected => _connection ?? throw new InvalidOperationException("The command has no connection.");

    public override void Cancel() => _inner.Cancel();

    /// <summary>
    /// Prepares the text as it is. Writes that are prepared are executed unchanged, so that less is known of the rows they touch than otherwise.
    /// </summary>
    public override void Prepare()
    {
        Send(_text);
        _inner.Prepare();
        _isPrepared = true;
    }

    public override async Task PrepareAsync(CancellationToken cancellationToken = default)
    {
        Send(_text);
        await _inner.PrepareAsync(cancellationToken).ConfigureAwait(false);
        _isPrepared = true;
    }

    public override int ExecuteNonQuery()
    {
        EnterAmbient();
        return Blocking.Wait(ExecuteNonQueryAsync(isAsync: false, CancellationToken.None));
    }

    public override Task<int> ExecuteNonQueryAsync(CancellationToken cancellationToken)
    {
        EnterAmbient();
        return ExecuteNonQueryAsync(isAsync: true, cancellationToken).AsTask();
    }

    public override object? ExecuteScalar()
    {
        EnterAmbient();
        return Blocking.Wait(ExecuteScalarAsync(isAsync: false, CancellationToken.None));
    }

    public override Task<object?> ExecuteScalarAsync(CancellationToken cancellationToken)
    {
        EnterAmbient();
        return ExecuteScalarAsync(isAsync: true, cancellationToken).AsTask();
    }

    public override async ValueTask DisposeAsync()
    {
        await _inner.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    protected override DbParameter CreateDbParameter() => _inner.CreateParameter();

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

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _inner.Dispose();
        }

        base.Dispose(disposing);
    }

    // A transaction that a statement begins flows from here, as one from BeginTransaction does.
    private void EnterAmbient()
    {
        if (_connection is { } connection && connection.Session.Database.Schema.Last is { } analyzer && analyzer.Analyze(_text).BeginsTransaction)
        {
            connection.Session.EnterAmbient();
        }
    }

    private async ValueTask<int> ExecuteNonQueryAsync(bool isAsync, CancellationToken cancellationToken)
    {
        var work = new TrackedWork(Connected, new InnerWork(_inner));
        var (analyzer, part) = await AnalyzeAsync(cancellationToken).ConfigureAwait(false);
        work.Report(part);
        if (TrackedWork.OnlyReads(part))
        {
            Send(_text);
            return await work.Inner.ExecuteNonQueryAsync(isAsync, cancellationToken).ConfigureAwait(false);
        }

        var run = await BeginAsync(work, analyzer, part, mayAddReturning: true, isAsync, cancellationToken).ConfigureAwait(false);
        return await work.ExecuteNonQueryAsync(run, isAsync, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<object?> ExecuteScalarAsync(bool isAsync, CancellationToken cancellationToken)
    {
        var work = new TrackedWork(Connected, new InnerWork(_inner));
        var (analyzer, part) = await AnalyzeAsync(cancellationToken).ConfigureAwait(false);
        if (isAsync && await GetStoredAsync(work, part, CommandBehavior.Default, cancellationToken).ConfigureAwait(false) is { } rows)
        {
            return rows.Rows is [{ Length: > 0 }, ..] ? rows.ValueAt(0, 0) : null;
        }

        work.Report(part);
        if (TrackedWork.OnlyReads(part))
        {
            Send(_text);
            return await work.Inner.ExecuteScalarAsync(isAsync, cancellationToken).ConfigureAwait(false);
        }

        var run = await BeginAsync(work, analyzer, part, mayAddReturning: false, isAsync, cancellationToken).ConfigureAwait(false);
        return await work.ExecuteScalarAsync(run, isAsync, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<DbDataReader> ExecuteReaderAsync(CommandBehavior behavior, bool isAsync, CancellationToken cancellationToken)
    {
        var work = new TrackedWork(Connected, new InnerWork(_inner));
        var (analyzer, part) = await AnalyzeAsync(cancellationToken).ConfigureAwait(false);
        if (isAsync && await GetStoredAsync(work, part, behavior, cancellationToken).ConfigureAwait(false) is { } rows)
        {
            return new CachedRowsReader(rows, behavior.HasFlag(CommandBehavior.CloseConnection) ? Connected : null);
        }

        work.Report(part);
        WriteRun? run = null;
        if (TrackedWork.OnlyReads(part))
        {
            Send(_text);
        }
        else
        {
            run = work.Run(analyzer, [part]);
            Send(_text);
            await run.BeginAsync(mayAddReturning: false, mayChangeText: !_isPrepared, isRead: true, isAsync, cancellationToken).ConfigureAwait(false);
        }

        return await work.ExecuteReaderAsync(run, behavior, part.Text.Statements.Length, isAsync, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The rows of a query from the cache, read into it where they were not there. Null: it is run without the cache.</summary>
    private ValueTask<CachedRows?> GetStoredAsync(TrackedWork work, WorkPart part, CommandBehavior behavior, CancellationToken cancellationToken)
    {
        var connection = Connected;
        if (connection.Queries is not { } queries
            || !part.Text.IsCacheable
            || !TrackedWork.OnlyReads(part)
            || !connection.Session.MayUseCache
            || connection.State != ConnectionState.Open)
        {
            return default;
        }

        return queries.GetAsync(connection.Session.Database.Options.Name, _text, _inner.Parameters, behavior, ReadAsync, cancellationToken);

        async ValueTask<DbDataReader> ReadAsync(CancellationToken token)
        {
            work.Report(part);
            Send(_text);
            return await work.ExecuteReaderAsync(run: null, behavior & ~CommandBehavior.CloseConnection, part.Text.Statements.Length, isAsync: true, token).ConfigureAwait(false);
        }
    }

    private async ValueTask<WriteRun> BeginAsync(
        TrackedWork work, SqlAnalyzer analyzer, WorkPart part, bool mayAddReturning, bool isAsync, CancellationToken cancellationToken)
    {
        var run = work.Run(analyzer, [part]);
        await run.BeginAsync(mayAddReturning && !_isPrepared, !_isPrepared, isRead: false, isAsync, cancellationToken).ConfigureAwait(false);

        // Once, and after it: a command that is run again keeps the statement that its provider has compiled.
        Send(run.AddsReturning ? run.Only!.Text + run.Only.ReturningSuffix : _text);
        return run;
    }

    private async ValueTask<(SqlAnalyzer Analyzer, WorkPart Part)> AnalyzeAsync(CancellationToken cancellationToken)
    {
        // The name of a procedure, or of a table, is no statement: it is not understood, and counts as everything.
        var text = _inner.CommandType == CommandType.Text ? _text : $"CALL {_text}";
        var session = Connected.Session;
        var analyzer = await session.AnalyzerAsync(Connected.Provider, text, cancellationToken).ConfigureAwait(false);
        return (analyzer, new WorkPart(analyzer.Analyze(text), _inner.Parameters, BatchCommand: null));
    }

    // Providers forget what they have prepared when the text is set to another one.
    private void Send(string text)
    {
        // Nor may a text that the caller set again be passed over, though it is the same: a command that Npgsql has prepared (by itself, with Max Auto Prepare) takes
        // its values from the parameter objects it saw then, and Dapper makes new ones for each row. A text that is set makes it look again.
        if (!_isSent || !string.Equals(_inner.CommandText, text, StringComparison.Ordinal))
        {
            _inner.CommandText = text;
            _isSent = true;
        }
    }
}
