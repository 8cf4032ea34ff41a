using System.Buffers;
using Microsoft.Extensions.Caching.Distributed;

namespace Larder.Remote;

/// <summary>
/// The second level over the host's <see cref="IDistributedCache"/>. That has no "set if newer": two nodes that set one key at one moment may leave the older value there, which
/// is then judged when it is read, as every value is. It cannot list keys either.
/// </summary>
internal sealed class DistributedRemoteStore(IDistributedCache cache, TimeProvider time) : IRemoteStore
{
    private const string Prefix = "larder:";
    internal static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(250);

    public string Name { get; } = cache.GetType().Name;

    public bool LogsOutages => false;

    public bool IsReachable => true;

    public void Start()
    {
        // It connects by itself, if it has anything to connect to.
    }

    public async ValueTask<IMemoryOwner<byte>?> GetAsync(string key, CancellationToken cancellationToken) =>
        await ReadAsync(key, cancellationToken).ConfigureAwait(false) is { } bytes ? new Bytes(bytes) : null;

    public async ValueTask<bool> SetIfNewerAsync(string key, ReadOnlyMemory<byte> entry, TimeSpan life, CancellationToken cancellationToken)
    {
        if (await ReadAsync(key, cancellationToken).ConfigureAwait(false) is { } stored && RemoteEntryFormat.IsLaterThan(stored, entry.Span))
        {
            return false;
        }

        var options = new DistributedCacheEntryOptions { AbsoluteExpirationRelativeToNow = life };
        await cache.SetAsync(Prefix + key, entry.ToArray(), options, cancellationToken).WaitAsync(Limit, time, cancellationToken).ConfigureAwait(false);
        return true;
    }

    public async ValueTask RemoveAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken)
    {
        foreach (var key in keys)
        {
            await cache.RemoveAsync(Prefix + key, cancellationToken).WaitAsync(Limit, time, cancellationToken).ConfigureAwait(false);
        }
    }

    public ValueTask<RemoteKeys> FindKeysAsync(string pattern, int limit, CancellationToken cancellationToken) => new(new RemoteKeys([], IsComplete: false));

    public async ValueTask<RemoteStoreState> GetStateAsync(CancellationToken cancellationToken)
    {
        await ReadAsync(RemoteCircuit.ProbeKey, cancellationToken).ConfigureAwait(false);
        return new();
    }

    private Task<byte[]?> ReadAsync(string key, CancellationToken cancellationToken) =>
        cache.GetAsync(Prefix + key, cancellationToken).WaitAsync(Limit, time, cancellationToken);

    private sealed class Bytes(byte[] bytes) : IMemoryOwner<byte>
    {
        public Memory<byte> Memory => bytes;

        public void Dispose()
        {
            // Memory of the heap, which belongs to nobody else.
        }
    }
}
