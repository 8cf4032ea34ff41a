using System.Data;
using System.Data.Common;

namespace Larder.Data;

/// <summary>
/// An open connection, lent to one load at a time, with the commands that were prepared on it, of which it keeps a number; the one not
/// used for longest makes room. Disposing gives it back.
/// </summary>
internal sealed class SqlSession(DbConnection connection, SqlSessionPool pool, int capacity) : IAsyncDisposable
{
    private readonly Dictionary<string, LinkedListNode<(string Text, DbCommand Command)>> _kept = new(StringComparer.Ordinal);
    private readonly LinkedList<(string Text, DbCommand Command)> _byUse = new();

    public DbConnection Connection => connection;

    /// <summary>Whether nothing has failed on it. The next load never gets a connection of which nobody knows in what state it was left.</summary>
    public bool IsSound { get; private set; } = true;

    public void Doubt() => IsSound = false;

    /// <summary>A command of this text without parameters, which nobody else uses before it is released.</summary>
    public DbCommand Take(string text)
    {
        if (_kept.TryGetValue(text, out var node))
        {
            _byUse.Remove(node);
            _byUse.AddLast(node);
            node.Value.Command.Parameters.Clear();
            return node.Value.Command;
        }

        var command = connection.CreateCommand();
        command.CommandText = text;
        return command;
    }

    /// <summary>Keeps a command whose reader is closed for its next use, or disposes it.</summary>
    public async ValueTask ReleaseAsync(DbCommand command)
    {
        if (_kept.ContainsKey(command.CommandText))
        {
            return;
        }

        if (IsSound && capacity > 0)
        {
            await KeepAsync(command).ConfigureAwait(false);
        }
        else
        {
            await command.DisposeAsync().ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!IsSound || connection.State != ConnectionState.Open || !pool.TryKeep(this))
        {
            await CloseAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Ends it for good.</summary>
    public async ValueTask CloseAsync()
    {
        foreach (var (_, command) in _byUse)
        {
            await command.DisposeAsync().ConfigureAwait(false);
        }

        await connection.DisposeAsync().ConfigureAwait(false);
    }

    private async ValueTask KeepAsync(DbCommand command)
    {
        if (_kept.Count == capacity)
        {
            var oldest = _byUse.First!.Value;
            _byUse.RemoveFirst();
            _kept.Remove(oldest.Text);
            await oldest.Command.DisposeAsync().ConfigureAwait(false);
        }

        _kept.Add(command.CommandText, _byUse.AddLast((command.CommandText, command)));
    }
}
