using Erp.Database;

namespace Erp.Writes;

/// <summary>Runs a write of the ERP in one transaction. A refusal, like any exception, leaves nothing behind.</summary>
internal sealed class ErpWriter(ErpDatabase database, TimeProvider time)
{
    /// <param name="work">May run more than once, see <see cref="ErpDatabase.WriteAsync{T}"/>.</param>
    public Task<T> RunAsync<T>(Func<WriteContext, Task<T>> work, CancellationToken cancellationToken) =>
        database.WriteAsync(
            (connection, transaction, cancel) => work(
                new WriteContext(connection, transaction, database.Kind, StoredValues.WholeSeconds(time.GetUtcNow()), cancel)),
            cancellationToken);
}
