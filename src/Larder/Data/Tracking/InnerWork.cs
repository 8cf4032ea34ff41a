using System.Data;
using System.Data.Common;
using System.Runtime.InteropServices;

namespace Larder.Data.Tracking;

/// <summary>The provider's command or batch, either of which is executed the same ways.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct InnerWork
{
    private readonly DbBatch? _batch;

    public InnerWork(DbCommand command) => Command = command;

    public InnerWork(DbBatch batch) => _batch = batch;

    /// <summary>Null where it is a batch.</summary>
    public DbCommand? Command { get; }

    public DbTransaction? Transaction => Command is null ? _batch!.Transaction : Command.Transaction;

    public void SetTransaction(DbTransaction? transaction)
    {
        if (Command is null)
        {
            _batch!.Transaction = transaction;
        }
        else
        {
            Command.Transaction = transaction;
        }
    }

    public ValueTask<DbDataReader> ExecuteReaderAsync(CommandBehavior behavior, bool isAsync, CancellationToken cancellationToken) => (Command, isAsync) switch
    {
        (null, false) => new(_batch!.ExecuteReader(behavior)),
        (null, true) => new(_batch!.ExecuteReaderAsync(behavior, cancellationToken)),
        (_, false) => new(Command.ExecuteReader(behavior)),
        (_, true) => new(Command.ExecuteReaderAsync(behavior, cancellationToken)),
    };

    public ValueTask<int> ExecuteNonQueryAsync(bool isAsync, CancellationToken cancellationToken) => (Command, isAsync) switch
    {
        (null, false) => new(_batch!.ExecuteNonQuery()),
        (null, true) => new(_batch!.ExecuteNonQueryAsync(cancellationToken)),
        (_, false) => new(Command.ExecuteNonQuery()),
        (_, true) => new(Command.ExecuteNonQueryAsync(cancellationToken)),
    };

    public ValueTask<object?> ExecuteScalarAsync(bool isAsync, CancellationToken cancellationToken) => (Command, isAsync) switch
    {
        (null, false) => new(_batch!.ExecuteScalar()),
        (null, true) => new(_batch!.ExecuteScalarAsync(cancellationToken)),
        (_, false) => new(Command.ExecuteScalar()),
        (_, true) => new(Command.ExecuteScalarAsync(cancellationToken)),
    };
}
