using System.Data.Common;

namespace Larder.Data;

/// <summary>
/// Connections that stay open with their prepared commands, for providers that compile a statement with every command. The one used
/// last is lent first, because its pages and statements are warm. Why: docs/decisions/0007-sqlite-execution.md.
/// </summary>
/// <param name="source">Where new connections come from.</param>
/// <param name="connections">How many idle ones are kept; 0: none.</param>
/// <param name="statements">How many commands each keeps.</param>
internal sealed class SqlSessionPool(DbDataSource source, int connections, int statements) : IAsyncDisposable
{
    private readonly Stack<SqlSession> _idle = new();
    private bool _isClosed;

    public async ValueTask<SqlSession> OpenAsync(CancellationToken cancellationToken)
    {
        lock (_idle)
        {
            if (_idle.TryPop(out var session))
            {
                return session;
            }
        }

        var connection = await source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        return new SqlSession(connection, this, connections == 0 ? 0 : statements);
    }

    /// <summary>Whether the session was taken back; otherwise its connection is the caller's to close.</summary>
    public bool TryKeep(SqlSession session)
    {
        lock (_idle)
        {
            if (_isClosed || _idle.Count == connections)
            {
                return false;
            }

            _idle.Push(session);
            return true;
        }
    }

    public async ValueTask DisposeAsync()
    {
        SqlSession[] sessions;
        lock (_idle)
        {
            _isClosed = true;
            sessions = [.. _idle];
            _idle.Clear();
        }

        foreach (var session in sessions)
        {
            await session.CloseAsync().ConfigureAwait(false);
        }
    }
}
