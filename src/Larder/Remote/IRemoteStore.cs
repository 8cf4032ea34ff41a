using System.Buffers;

namespace Larder.Remote;

/// <summary>
/// The second level (L2): bytes under keys, outside of this process and perhaps shared with others. It is never trusted: whatever it returns is judged by
/// <see cref="RemoteLevel"/>, so that it may lose, keep or reorder what it likes at the cost of speed alone. Every call ends within the store's own time limit.
/// </summary>
internal interface IRemoteStore
{
    /// <summary>What people know it by; no secrets.</summary>
    string Name { get; }

    /// <summary>Whether the store itself logs when it goes away and comes back, so that nobody else does.</summary>
    bool LogsOutages { get; }

    /// <summary>Whether a call would be sent now; false saves the exception.</summary>
    bool IsReachable { get; }

    /// <summary>Begins to connect, so that the first caller need not wait.</summary>
    void Start();

    /// <summary>The value, in memory that the caller disposes; null: there is none.</summary>
    ValueTask<IMemoryOwner<byte>?> GetAsync(string key, CancellationToken cancellationToken);

    /// <summary>Stores an entry unless one of the same epoch and a later position is there.</summary>
    /// <param name="key">The key.</param>
    /// <param name="entry">An entry as <see cref="RemoteEntryFormat"/> writes it.</param>
    /// <param name="life">When the store drops it, by its own clock.</param>
    /// <param name="cancellationToken">Frees the caller.</param>
    /// <returns>False: a newer one is there and stays.</returns>
    ValueTask<bool> SetIfNewerAsync(string key, ReadOnlyMemory<byte> entry, TimeSpan life, CancellationToken cancellationToken);

    /// <summary>Removes keys, where they are.</summary>
    ValueTask RemoveAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken);

    /// <summary>Finds keys without blocking the store.</summary>
    /// <param name="pattern">In which <c>*</c> stands for any characters and nothing else is special.</param>
    /// <param name="limit">The most keys to find.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The keys found, and whether that is all of them; a store that cannot tell says no.</returns>
    ValueTask<RemoteKeys> FindKeysAsync(string pattern, int limit, CancellationToken cancellationToken);

    /// <summary>Asks the store how it is. It throws where the store does not answer.</summary>
    ValueTask<RemoteStoreState> GetStateAsync(CancellationToken cancellationToken);
}

/// <summary>Keys that match a pattern.</summary>
/// <param name="Keys">Each once.</param>
/// <param name="IsComplete">Whether there are no others.</param>
internal sealed record RemoteKeys(IReadOnlyCollection<string> Keys, bool IsComplete);

/// <summary>What a store says of itself; null where it does not know.</summary>
/// <param name="TotalKeys">The keys it holds, those of others included.</param>
/// <param name="MemoryUsedBytes">The memory it uses.</param>
/// <param name="MemoryLimitBytes">The memory it may use; null also where there is no limit.</param>
/// <param name="EvictedKeys">Keys it dropped to make room.</param>
/// <param name="EvictionPolicy">What it drops when memory is short.</param>
internal sealed record RemoteStoreState(long? TotalKeys = null, long? MemoryUsedBytes = null, long? MemoryLimitBytes = null, long? EvictedKeys = null, string? EvictionPolicy = null);
