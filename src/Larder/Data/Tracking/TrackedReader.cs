using System.Collections;
using System.Collections.ObjectModel;
using System.Data;
using System.Data.Common;
using Larder.Freshness;

namespace Larder.Data.Tracking;

/// <summary>
/// A reader of a <see cref="TrackedCommand"/>. A write that returns rows is committed, and published, when its last row was read or the reader is closed; until
/// then others may still read what it replaces.
/// </summary>
internal sealed class TrackedReader : DbDataReader
{
    private readonly TrackedConnection _connection;
    private readonly DbDataReader _inner;
    private readonly WriteRun? _run;
    private readonly ReadScope? _scope;
    private readonly CommandBehavior _behavior;
    private readonly int _lastResult;
    private int _result;
    private int _recordsAffected = -1;
    private bool _isAtEnd;
    private bool _isFinished;
    private bool _isClosed;

    internal TrackedReader(TrackedConnection connection, DbDataReader inner, WriteRun? run, ReadScope? scope, CommandBehavior behavior, int results)
    {
        (_connection, _inner, _run, _scope, _behavior) = (connection, inner, run, scope, behavior);
        _lastResult = results - 1;
    }

    public override int Depth => _inner.Depth;

    public override int FieldCount => _isFinished ? 0 : _inner.FieldCount;

    public override int VisibleFieldCount => _isFinished ? 0 : _inner.VisibleFieldCount;

    public override bool HasRows => !_isFinished && _inner.HasRows;

    public override bool IsClosed => _isClosed || (!_isFinished && _inner.IsClosed);

    public override int RecordsAffected => _isFinished ? _recordsAffected : _inner.RecordsAffected;

    public override object this[int ordinal] => _inner[ordinal];

    public override object this[string name] => _inner[name];

    public override bool Read() => !_isFinished && Blocking.Wait(AdvancedAsync(Guard(_inner.Read), isResult: false, isAsync: false));

    public override Task<bool> ReadAsync(CancellationToken cancellationToken)
    {
        if (_isFinished)
        {
            return Task.FromResult(false);
        }

        // Where nothing has to be noted, rows cost what they cost the provider.
        return _run is null && _isAtEnd ? _inner.ReadAsync(cancellationToken) : ReadGuardedAsync(cancellationToken);
    }

    private async Task<bool> ReadGuardedAsync(CancellationToken cancellationToken)
    {
        var isRow = await GuardAsync(_inner.ReadAsync(cancellationToken)).ConfigureAwait(false);
        return await AdvancedAsync(isRow, isResult: false, isAsync: true).ConfigureAwait(false);
    }

    public override bool NextResult() => !_isFinished && Blocking.Wait(AdvancedAsync(Guard(_inner.NextResult), isResult: true, isAsync: false));

    public override async Task<bool> NextResultAsync(CancellationToken cancellationToken)
    {
        if (_isFinished)
        {
            return false;
        }

        var isResult = await GuardAsync(_inner.NextResultAsync(cancellationToken)).ConfigureAwait(false);
        return await AdvancedAsync(isResult, isResult: true, isAsync: true).ConfigureAwait(false);
    }

    public override void Close() => Blocking.Wait(CloseAsync(isAsync: false));

    public override Task CloseAsync() => CloseAsync(isAsync: true).AsTask();

    public override async ValueTask DisposeAsync()
    {
        await CloseAsync(isAsync: true).ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    public override bool GetBoolean(int ordinal) => _inner.GetBoolean(ordinal);

    public override byte GetByte(int ordinal) => _inner.GetByte(ordinal);

    public override long GetBytes(int ordinal, long dataOffset, byte[]? buffer, int bufferOffset, int length) =>
        _inner.GetBytes(ordinal, dataOffset, buffer, bufferOffset, length);

    public override char GetChar(int ordinal) => _inner.GetChar(ordinal);

    public override long GetChars(int ordinal, long dataOffset, char[]? buffer, int bufferOffset, int length) =>
        _inner.GetChars(ordinal, dataOffset, buffer, bufferOffset, length);

    public override string GetDataTypeName(int ordinal) => _inner.GetDataTypeName(ordinal);

    public override DateTime GetDateTime(int ordinal) => _inner.GetDateTime(ordinal);

    public override decimal GetDecimal(int ordinal) => _inner.GetDecimal(ordinal);

    public override double GetDouble(int ordinal) => _inner.GetDouble(ordinal);

    public override IEnumerator GetEnumerator() => new DbEnumerator(this, _behavior.HasFlag(CommandBehavior.CloseConnection));

    public override Type GetFieldType(int ordinal) => _inner.GetFieldType(ordinal);

    public override T GetFieldValue<T>(int ordinal) => _inner.GetFieldValue<T>(ordinal);

    public override Task<T> GetFieldValueAsync<T>(int ordinal, CancellationToken cancellationToken) => _inner.GetFieldValueAsync<T>(ordinal, cancellationToken);

    public override float GetFloat(int ordinal) => _inner.GetFloat(ordinal);

    public override Guid GetGuid(int ordinal) => _inner.GetGuid(ordinal);

    public override short GetInt16(int ordinal) => _inner.GetInt16(ordinal);

    public override int GetInt32(int ordinal) => _inner.GetInt32(ordinal);

    public override long GetInt64(int ordinal) => _inner.GetInt64(ordinal);

    public override string GetName(int ordinal) => _inner.GetName(ordinal);

    public override int GetOrdinal(string name) => _inner.GetOrdinal(name);

    public override Type GetProviderSpecificFieldType(int ordinal) => _inner.GetProviderSpecificFieldType(ordinal);

    public override object GetProviderSpecificValue(int ordinal) => _inner.GetProviderSpecificValue(ordinal);

    public override int GetProviderSpecificValues(object[] values) => _inner.GetProviderSpecificValues(values);

    public override DataTable? GetSchemaTable() => _inner.GetSchemaTable();

    public override Task<DataTable?> GetSchemaTableAsync(CancellationToken cancellationToken = default) => _inner.GetSchemaTableAsync(cancellationToken);

    public override Task<ReadOnlyCollection<DbColumn>> GetColumnSchemaAsync(CancellationToken cancellationToken = default) =>
        _inner.GetColumnSchemaAsync(cancellationToken);

    public override Stream GetStream(int ordinal) => _inner.GetStream(ordinal);

    public override string GetString(int ordinal) => _inner.GetString(ordinal);

    public override TextReader GetTextReader(int ordinal) => _inner.GetTextReader(ordinal);

    public override object GetValue(int ordinal) => _inner.GetValue(ordinal);

    public override int GetValues(object[] values) => _inner.GetValues(values);

    public override bool IsDBNull(int ordinal) => _inner.IsDBNull(ordinal);

    public override Task<bool> IsDBNullAsync(int ordinal, CancellationToken cancellationToken) => _inner.IsDBNullAsync(ordinal, cancellationToken);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Close();
        }

        base.Dispose(disposing);
    }

    private bool Guard(Func<bool> advance)
    {
        try
        {
            return advance();
        }
        catch (Exception exception) when (_run is not null)
        {
            Blocking.Wait(_run.FailAsync(exception, isAsync: false));
            throw;
        }
    }

    private async Task<bool> GuardAsync(Task<bool> advance)
    {
        try
        {
            return await advance.ConfigureAwait(false);
        }
        catch (Exception exception) when (_run is not null)
        {
            await _run.FailAsync(exception, isAsync: true).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Notes how far it has come. A write that has returned everything is ended here, while the caller can wait for it.</summary>
    private async ValueTask<bool> AdvancedAsync(bool isThere, bool isResult, bool isAsync)
    {
        if (isThere)
        {
            _result += isResult ? 1 : 0;
            if (!isResult)
            {
                _isAtEnd |= _behavior.HasFlag(CommandBehavior.SingleRow) && _run is null;
                _run?.Recorder?.Record(_inner);
            }

            return true;
        }

        _isAtEnd |= isResult || _result >= _lastResult;
        if (_isAtEnd && _run is not null)
        {
            await FinishAsync(isAsync).ConfigureAwait(false);
        }

        return false;
    }

    private async ValueTask CloseAsync(bool isAsync)
    {
        if (_isClosed)
        {
            return;
        }

        _isClosed = true;
        if (!_isAtEnd)
        {
            _scope?.MarkNotStorable("a reader was not read to its end");
        }

        try
        {
            await FinishAsync(isAsync).ConfigureAwait(false);
        }
        finally
        {
            if (_behavior.HasFlag(CommandBehavior.CloseConnection))
            {
                await _connection.CloseAsync(isAsync).ConfigureAwait(false);
            }
        }
    }

    // The provider's reader first: before it is closed, neither has SQLite committed nor may our own transaction be.
    private async ValueTask FinishAsync(bool isAsync)
    {
        if (_isFinished)
        {
            return;
        }

        _isFinished = true;
        _connection.Session.OpenReaders = Math.Max(0, _connection.Session.OpenReaders - 1);
        try
        {
            if (isAsync)
            {
                await _inner.DisposeAsync().ConfigureAwait(false);
            }
            else
            {
                _inner.Dispose();
            }

            _recordsAffected = _inner.RecordsAffected;
        }
        catch (Exception exception) when (_run is not null)
        {
            await _run.FailAsync(exception, isAsync).ConfigureAwait(false);
            throw;
        }

        if (_run is not null)
        {
            // Of what was not read nobody knows the values.
            var affected = _isAtEnd && _run.Recorder is { } recorder ? recorder.Count : -1;
            await _run.EndAsync(affected, isAsync).ConfigureAwait(false);
        }
    }
}
