using System.Data;
using System.Data.Common;

namespace Larder.Data.Tracking;

/// <summary>A transaction of a <see cref="TrackedConnection"/>. What was written in it is published when its commit has returned, and not when it is rolled back.</summary>
internal sealed class TrackedTransaction : DbTransaction
{
    private readonly TrackedConnection _connection;
    private readonly DbTransaction _inner;
    private bool _isOver;

    internal TrackedTransaction(TrackedConnection connection, DbTransaction inner) => (_connection, _inner) = (connection, inner);

    public override IsolationLevel IsolationLevel => _inner.IsolationLevel;

    public override bool SupportsSavepoints => _inner.SupportsSavepoints;

    internal DbTransaction Provider => _inner;

    protected override DbConnection? DbConnection => _inner.Connection is null ? null : _connection;

    private TrackedSession Session => _connection.Session;

    public override void Commit() => Blocking.Wait(CommitAsync(isAsync: false, CancellationToken.None));

    public override Task CommitAsync(CancellationToken cancellationToken = default) => CommitAsync(isAsync: true, cancellationToken).AsTask();

    public override void Rollback() => Blocking.Wait(RollbackAsync(isAsync: false, CancellationToken.None));

    public override Task RollbackAsync(CancellationToken cancellationToken = default) => RollbackAsync(isAsync: true, cancellationToken).AsTask();

    // What was written before a savepoint was rolled back to stays written for the tags: to tell it apart would cost more than it drops.
    public override void Rollback(string savepointName) => _inner.Rollback(savepointName);

    public override Task RollbackAsync(string savepointName, CancellationToken cancellationToken = default) => _inner.RollbackAsync(savepointName, cancellationToken);

    public override void Save(string savepointName) => _inner.Save(savepointName);

    public override Task SaveAsync(string savepointName, CancellationToken cancellationToken = default) => _inner.SaveAsync(savepointName, cancellationToken);

    public override void Release(string savepointName) => _inner.Release(savepointName);

    public override Task ReleaseAsync(string savepointName, CancellationToken cancellationToken = default) => _inner.ReleaseAsync(savepointName, cancellationToken);

    public override async ValueTask DisposeAsync()
    {
        await _inner.DisposeAsync().ConfigureAwait(false);
        await GiveUpAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _inner.Dispose();
            Blocking.Wait(GiveUpAsync());
        }

        base.Dispose(disposing);
    }

    private async ValueTask CommitAsync(bool isAsync, CancellationToken cancellationToken)
    {
        try
        {
            await Session.BeforeCommitAsync(_connection.Provider, _inner, isAsync, cancellationToken).ConfigureAwait(false);
            if (isAsync)
            {
                await _inner.CommitAsync(cancellationToken).ConfigureAwait(false);
            }
            else
            {
                _inner.Commit();
            }
        }
        catch (Exception exception)
        {
            await Session.CommitFailedAsync(exception).ConfigureAwait(false);
            _isOver = Session.State == TransactionState.None;
            throw;
        }

        _isOver = true;
        await Session.CommittedAsync().ConfigureAwait(false);
    }

    private async ValueTask RollbackAsync(bool isAsync, CancellationToken cancellationToken)
    {
        if (isAsync)
        {
            await _inner.RollbackAsync(cancellationToken).ConfigureAwait(false);
        }
        else
        {
            _inner.Rollback();
        }

        await GiveUpAsync().ConfigureAwait(false);
    }

    private ValueTask GiveUpAsync()
    {
        if (_isOver)
        {
            return default;
        }

        _isOver = true;
        return Session.State == TransactionState.Explicit ? Session.RolledBackAsync() : default;
    }
}
