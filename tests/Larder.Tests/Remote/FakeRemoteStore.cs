using System.Buffers;
using System.Collections.Concurrent;
using Larder.Remote;

namespace Larder.Tests.Remote;

/// <summary>A store in memory whose answers the test holds back, spoils or refuses.</summary>
internal sealed class FakeRemoteStore : IRemoteStore
{
    private int _reads;

    internal ConcurrentDictionary<string, byte[]> Entries { get; } = new();

    internal Exception? Failure { get; set; }

    /// <summary>What every read waits for, once it has looked.</summary>
    internal TaskCompletionSource? HeldReads { get; set; }

    /// <summary>What every write waits for, before it writes.</summary>
    internal TaskCompletionSource? HeldWrites { get; set; }

    internal int Reads => Volatile.Read(ref _reads);

    internal TaskCompletionSource ReadBegan { get; set; } = NewSignal();

    internal TaskCompletionSource WriteBegan { get; set; } = NewSignal();

    public string Name => "fake";

    public bool LogsOutages => false;

    public bool IsReachable { get; set; } = true;

    public void Start()
    {
    }

    public async ValueTask<IMemoryOwner<byte>?> GetAsync(string key, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _reads);
        var found = Entries.GetValueOrDefault(key);
        ReadBegan.TrySetResult();
        await (HeldReads?.Task ?? Task.CompletedTask).WaitAsync(cancellationToken);
        return Failure is not null ? throw Failure : found is null ? null : new Owned(found);
    }

    public async ValueTask<bool> SetIfNewerAsync(string key, ReadOnlyMemory<byte> entry, TimeSpan life, CancellationToken cancellationToken)
    {
        var held = HeldWrites?.Task ?? Task.CompletedTask;
        WriteBegan.TrySetResult();
        await held;
        if (Failure is not null)
        {
            throw Failure;
        }

        if (Entries.TryGetValue(key, out var stored) && RemoteEntryFormat.IsLaterThan(stored, entry.Span))
        {
            return false;
        }

        Entries[key] = entry.ToArray();
        return true;
    }

    public async ValueTask RemoveAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken)
    {
        await (HeldWrites?.Task ?? Task.CompletedTask);
        foreach (var key in keys)
        {
            Entries.TryRemove(key, out _);
        }
    }

    public ValueTask<RemoteKeys> FindKeysAsync(string pattern, int limit, CancellationToken cancellationToken)
    {
        var compiled = new Larder.Caching.CachePattern(pattern);
        var found = Entries.Keys.Where(compiled.Matches).ToList();
        return new(new RemoteKeys([.. found.Take(limit)], found.Count <= limit));
    }

    public ValueTask<RemoteStoreState> GetStateAsync(CancellationToken cancellationToken) =>
        Failure is null ? new(new RemoteStoreState(Entries.Count)) : throw Failure;

    internal static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed class Owned(byte[] bytes) : IMemoryOwner<byte>
    {
        public Memory<byte> Memory { get; } = bytes;

        public void Dispose()
        {
        }
    }
}
