using Larder.Freshness;

namespace Larder.Remote;

/// <summary>
/// What is on its way to the second level, behind the callers' backs. What has to do with one key is sent in the order it came. When as much waits as may wait, the newest is
/// refused: a value that is not written there is loaded by whoever needs it.
/// </summary>
internal sealed class RemoteWriteQueue
{
    internal const int MaxWrites = 1024;
    internal const long MaxBytes = 64 * 1024 * 1024;
    private const int LaneCount = 4;

    private readonly Lane[] _lanes;
    private int _count;
    private long _bytes;

    internal RemoteWriteQueue() => _lanes = [.. Enumerable.Range(0, LaneCount).Select(_ => new Lane(this))];

    /// <summary>What waits or is being sent.</summary>
    internal int Count => Volatile.Read(ref _count);

    /// <summary>Takes a write. False: there is no room.</summary>
    /// <param name="key">What it has to do with.</param>
    /// <param name="bytes">How much memory it holds.</param>
    /// <param name="write">Sends it; whatever it throws is its own affair.</param>
    internal bool TryAdd(string key, long bytes, Func<Task> write)
    {
        if (Interlocked.Increment(ref _count) > MaxWrites)
        {
            Interlocked.Decrement(ref _count);
            return false;
        }

        if (Interlocked.Add(ref _bytes, bytes) > MaxBytes)
        {
            Release(bytes);
            return false;
        }

        _lanes[(uint)key.GetHashCode(StringComparison.Ordinal) % LaneCount].Add(new(bytes, write));
        return true;
    }

    private void Release(long bytes)
    {
        Interlocked.Add(ref _bytes, -bytes);
        Interlocked.Decrement(ref _count);
    }

    private readonly record struct Write(long Bytes, Func<Task> SendAsync);

    private sealed class Lane(RemoteWriteQueue queue)
    {
        private readonly Queue<Write> _writes = [];
        private bool _isRunning;

        internal void Add(Write write)
        {
            lock (_writes)
            {
                _writes.Enqueue(write);
                if (_isRunning)
                {
                    return;
                }

                _isRunning = true;
            }

            DetachedWork.Start(RunAsync);
        }

        private async Task RunAsync()
        {
            while (TryNext(out var write))
            {
                try
                {
                    await write.SendAsync();
                }
                catch (Exception)
                {
                    // Counted by whoever made it.
                }
                finally
                {
                    queue.Release(write.Bytes);
                }
            }
        }

        private bool TryNext(out Write write)
        {
            lock (_writes)
            {
                _isRunning = _writes.TryDequeue(out write);
                return _isRunning;
            }
        }
    }
}
