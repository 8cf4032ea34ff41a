using Larder.Freshness;
using Microsoft.Extensions.Logging;

namespace Larder.Remote;

/// <summary>
/// Whether the second level is asked at all. After a failed read nobody is made to wait for it: it is asked again in the background, first soon and then ever less often,
/// until it answers. One line is logged when it goes and one when it returns.
/// </summary>
internal sealed class RemoteCircuit(IRemoteStore store, TimeProvider time, ILogger logger) : IDisposable
{
    internal const string ProbeKey = "probe";
    internal static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    internal static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _disposing = new();
    private int _isOpen;

    /// <summary>Whether to ask it now.</summary>
    internal bool MayPass => Volatile.Read(ref _isOpen) == 0 && store.IsReachable;

    /// <summary>A read failed: until a probe succeeds, nobody asks.</summary>
    internal void Open(Exception failure)
    {
        if (Interlocked.Exchange(ref _isOpen, 1) != 0)
        {
            return;
        }

        if (!store.LogsOutages)
        {
            Log.RemoteUnavailable(logger, store.Name, failure.Message);
        }

        DetachedWork.Start(ProbeAsync);
    }

    /// <summary>Ends the probing.</summary>
    public void Dispose()
    {
        // Not disposed itself: a probe may still look at its token, and it has no timer.
        _disposing.Cancel();
    }

    private async Task ProbeAsync()
    {
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                await Task.Delay(pause, time, _disposing.Token);
                (await store.GetAsync(ProbeKey, _disposing.Token))?.Dispose();
                break;
            }
            catch (OperationCanceledException) when (_disposing.IsCancellationRequested)
            {
                return;
            }
            catch (Exception)
            {
                // Still away. What it says is of no use to anyone.
            }
        }

        Volatile.Write(ref _isOpen, 0);
        if (!store.LogsOutages)
        {
            Log.RemoteAvailable(logger, store.Name);
        }
    }
}
