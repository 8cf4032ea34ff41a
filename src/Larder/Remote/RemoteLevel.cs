using System.Buffers;
using System.Collections.Concurrent;
using Larder.Caching;
using Larder.Freshness;
using Larder.Memory;
using Microsoft.Extensions.Logging;

namespace Larder.Remote;

/// <summary>
/// The second level as the engine sees it. A load asks it before it asks its source; what it finds is served iff the rule of <see cref="FreshnessRules"/> says so here and now, of
/// the tags, the epoch and the P0 that the value was stored with, whoever loaded it. What a load brings is written behind its callers. Failures cost speed and nothing else.
/// </summary>
/// <remarks>
/// A value that another node loaded at a position this node has not reached is fresh too: it holds all that was written up to there. Lifetimes are compared across the clocks of
/// nodes: where they differ, a value lives that much longer or shorter, and at most once more its own life, because the store drops it by its own clock.
/// </remarks>
internal sealed class RemoteLevel(IRemoteStore store, TimeProvider time, ILogger logger) : IDisposable
{
    internal const int KeysOfASearch = 10_000;

    private readonly RemoteCircuit _circuit = new(store, time, logger);
    private readonly RemoteWriteQueue _queue = new();
    private readonly SupersededKeys _superseding = new();

    // As many as the program has types that it caches.
    private readonly ConcurrentDictionary<Type, byte> _notSerializable = new();
    private long _hits;
    private long _misses;
    private long _stale;
    private long _unusable;
    private long _failures;
    private long _skipped;
    private long _writes;
    private long _superseded;
    private long _dropped;

    internal RemoteStoreStatistics Statistics => new()
    {
        Name = store.Name,
        IsAvailable = _circuit.MayPass,
        Hits = Interlocked.Read(ref _hits),
        Misses = Interlocked.Read(ref _misses),
        Stale = Interlocked.Read(ref _stale),
        Unusable = Interlocked.Read(ref _unusable),
        Failures = Interlocked.Read(ref _failures),
        Skipped = Interlocked.Read(ref _skipped),
        Writes = Interlocked.Read(ref _writes),
        Superseded = Interlocked.Read(ref _superseded),
        Dropped = Interlocked.Read(ref _dropped),
    };

    /// <summary>Writes and removals that wait or are being sent.</summary>
    internal int Pending => _queue.Count;

    /// <summary>Whether what is asked for may come from here and go here.</summary>
    internal static bool Serves(in CacheRequest request) =>
        request.Variant == CacheVariant.None && request.Policy.UsesRemoteStore && request.Policy.Stores && !request.IsOfASnapshot;

    /// <summary>Ends the load with the value that is here, if it is good. It throws nothing.</summary>
    internal async ValueTask<bool> TryCompleteAsync<T>(CacheEngine engine, CacheLoad<T> load, CachePolicy policy)
    {
        if (!_circuit.MayPass)
        {
            Interlocked.Increment(ref _skipped);
            return false;
        }

        IMemoryOwner<byte>? found;
        try
        {
            found = await store.GetAsync(load.Key, load.Abandoned).ConfigureAwait(false);
        }
        catch (Exception) when (load.Abandoned.IsCancellationRequested)
        {
            return false;
        }
        catch (Exception exception)
        {
            Interlocked.Increment(ref _failures);
            _circuit.Open(exception);
            return false;
        }

        if (found is null)
        {
            Interlocked.Increment(ref _misses);
            return false;
        }

        using (found)
        {
            return TryComplete(engine, load, policy, found.Memory.Span);
        }
    }

    /// <summary>Writes what was loaded, behind the caller.</summary>
    internal void Write<T>(CacheEngine engine, MemoryEntry entry, CacheCodec<T> codec)
    {
        var (loadedAt, schema) = (LoadedAt(entry), engine.Node.SchemaHash);
        Send(entry.Key, entry.Bytes, () => WriteAsync(entry, codec, loadedAt, schema));
    }

    /// <summary>Writes what was set by hand. Until it has arrived, and if it never does, this node takes nothing from here that is older.</summary>
    internal void Set<T>(CacheEngine engine, MemoryEntry entry, CacheCodec<T> codec)
    {
        var (key, loadedAt, schema) = (entry.Key, LoadedAt(entry), engine.Node.SchemaHash);
        _superseding.Add(key, loadedAt);
        Send(key, entry.Bytes, async () =>
        {
            if (await WriteAsync(entry, codec, loadedAt, schema).ConfigureAwait(false))
            {
                _superseding.Settle(key, loadedAt);
            }
        });
    }

    /// <summary>Removes a key, behind the caller. Until it is gone, this node takes nothing from here that is older than this call.</summary>
    internal void Drop(string key)
    {
        var now = time.GetUtcNow();
        _superseding.Add(key, now);
        Send(key, key.Length * sizeof(char), async () =>
        {
            await store.RemoveAsync([key], CancellationToken.None).ConfigureAwait(false);
            _superseding.Settle(key, now);
        });
    }

    /// <summary>Frees what the key takes, behind the caller. That it is not served any more, the log sees to.</summary>
    internal void Forget(string key) => Send(key, key.Length * sizeof(char), () => store.RemoveAsync([key], CancellationToken.None).AsTask());

    /// <summary>Finds keys; none where the store does not answer.</summary>
    internal async ValueTask<RemoteKeys> FindKeysAsync(CachePattern pattern, CancellationToken cancellationToken)
    {
        if (!_circuit.MayPass)
        {
            return new([], IsComplete: false);
        }

        try
        {
            return await store.FindKeysAsync(pattern.Text, KeysOfASearch, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            Interlocked.Increment(ref _failures);
            return new([], IsComplete: false);
        }
    }

    /// <summary>Removes keys that were found.</summary>
    internal async ValueTask RemoveAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken)
    {
        try
        {
            await store.RemoveAsync(keys, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            Interlocked.Increment(ref _failures);
        }
    }

    /// <summary>Asks the store how it is, within its time limit.</summary>
    internal async ValueTask<RemoteStoreHealth> CheckAsync(CancellationToken cancellationToken)
    {
        var startedAt = time.GetTimestamp();
        try
        {
            var state = await store.GetStateAsync(cancellationToken).ConfigureAwait(false);
            return new(Statistics, state, time.GetElapsedTime(startedAt), null);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            return new(Statistics, null, null, exception.Message);
        }
    }

    public void Dispose() => _circuit.Dispose();

    private bool TryComplete<T>(CacheEngine engine, CacheLoad<T> load, CachePolicy policy, ReadOnlySpan<byte> bytes)
    {
        if (!RemoteEntryFormat.TryReadHeader(bytes, out var found)
            || found.Definition != DefinitionFingerprint.Of<T>()
            || found.Tags[^1] != load.DeclaredTags[^1])
        {
            Interlocked.Increment(ref _unusable);
            return false;
        }

        // The position first, then what is judged by it.
        var now = engine.Node.Now;
        var timestamp = time.GetTimestamp();
        var age = time.GetUtcNow() - found.LoadedAt;
        var loadedAt = timestamp - (age > TimeSpan.Zero ? TicksOf(age) : 0);
        var stamp = new ReadStamp(
            found.Tags, found.Epoch, found.Position, loadedAt + TicksOf(found.Life < policy.Duration ? found.Life : policy.Duration), found.Kind);
        if (stamp.ExpiresAt <= timestamp
            || found.SchemaHash != engine.Node.SchemaHash
            || !ReferenceEquals(load.Start.View, now.View)
            || (policy.IsStrict && engine.Node.IsLagging(timestamp))
            || _superseding.Covers(load.Key, found.LoadedAt)
            || !engine.IsFresh(stamp, now))
        {
            Interlocked.Increment(ref _stale);
            return false;
        }

        try
        {
            if (RemoteEntryFormat.TryReadValue(bytes, policy.MaxEntryBytes, out var value))
            {
                engine.CompleteFound(load, value, policy, stamp, loadedAt, now);
                Interlocked.Increment(ref _hits);
                return true;
            }
        }
        catch (Exception)
        {
            // Its serializer cannot read it.
        }

        Interlocked.Increment(ref _unusable);
        return false;
    }

    /// <returns>Whether it, or a newer one, is there now.</returns>
    private async Task<bool> WriteAsync<T>(MemoryEntry entry, CacheCodec<T> codec, DateTimeOffset loadedAt, ulong schema)
    {
        var life = time.GetElapsedTime(time.GetTimestamp(), entry.ExpiresAt);
        if (life < TimeSpan.FromMilliseconds(1) || ReferenceEquals(entry.ValidAt, LogPosition.Never))
        {
            return false;
        }

        if (codec.ToBytes(entry.Value) is not { } value)
        {
            if (_notSerializable.TryAdd(typeof(T), 0))
            {
                Log.NotSerializable(logger, typeof(T));
            }

            Interlocked.Increment(ref _dropped);
            return false;
        }

        var header = new RemoteEntry
        {
            Epoch = entry.Epoch,
            Position = entry.Position,
            SchemaHash = schema,
            Definition = DefinitionFingerprint.Of<T>(),
            LoadedAt = loadedAt,
            Life = time.GetElapsedTime(entry.LoadedAt, entry.ExpiresAt),
            Kind = entry.Kind,
            Tags = entry.Tags.ToArray(),
        };
        var bytes = RemoteEntryFormat.Write(header, value);
        var isWritten = await store.SetIfNewerAsync(entry.Key, bytes, life, CancellationToken.None).ConfigureAwait(false);
        Interlocked.Increment(ref isWritten ? ref _writes : ref _superseded);
        return true;
    }

    private void Send(string key, long bytes, Func<Task> send)
    {
        if (!_queue.TryAdd(key, bytes, SendAsync))
        {
            Interlocked.Increment(ref _dropped);
        }

        async Task SendAsync()
        {
            if (!_circuit.MayPass)
            {
                Interlocked.Increment(ref _dropped);
                return;
            }

            try
            {
                await send().ConfigureAwait(false);
            }
            catch (Exception)
            {
                Interlocked.Increment(ref _failures);
            }
        }
    }

    private DateTimeOffset LoadedAt(MemoryEntry entry) => time.GetUtcNow() - time.GetElapsedTime(entry.LoadedAt);

    private long TicksOf(TimeSpan span) => (long)(span.TotalSeconds * time.TimestampFrequency);
}
