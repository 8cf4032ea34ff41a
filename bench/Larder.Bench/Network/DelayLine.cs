using System.Diagnostics;
using System.Net.Sockets;

namespace Larder.Bench.Network;

/// <summary>
/// One direction of a connection: what arrives is passed on after the delay, in order. One thread receives and stamps, another waits
/// for the stamp's time and sends, so that bytes in flight never hold up the ones behind them.
/// </summary>
internal sealed class DelayLine(Socket from, Socket to, long delay, Action arrived)
{
    // A connection's window: more in flight than this waits in the sender's kernel.
    private const int CapacityBytes = 1 << 20;
    private const int ChunkBytes = 64 * 1024;
    private const int StackBytes = 256 * 1024;

    private readonly Queue<(long Due, byte[] Bytes)> _inFlight = new();
    private int _bytesInFlight;
    private bool _isEnded;

    public void Start()
    {
        new Thread(Receive, StackBytes) { IsBackground = true }.Start();
        new Thread(Send, StackBytes) { IsBackground = true }.Start();
    }

    private void Receive()
    {
        var buffer = new byte[ChunkBytes];
        try
        {
            for (var count = from.Receive(buffer); count > 0; count = from.Receive(buffer))
            {
                var due = Stopwatch.GetTimestamp() + delay;
                arrived();
                Add(due, buffer.AsSpan(0, count).ToArray());
            }
        }
        catch (SocketException)
        {
            // The other side has gone: what is in flight is still delivered.
        }

        lock (_inFlight)
        {
            _isEnded = true;
            Monitor.PulseAll(_inFlight);
        }
    }

    private void Add(long due, byte[] bytes)
    {
        lock (_inFlight)
        {
            while (_bytesInFlight > CapacityBytes)
            {
                Monitor.Wait(_inFlight);
            }

            _bytesInFlight += bytes.Length;
            _inFlight.Enqueue((due, bytes));
            Monitor.PulseAll(_inFlight);
        }
    }

    private void Send()
    {
        PreciseSleep.SharpenThisThread();
        try
        {
            while (Take() is var (due, bytes))
            {
                PreciseSleep.Until(due);
                to.Send(bytes);
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            from.Close();
        }
    }

    private (long Due, byte[] Bytes)? Take()
    {
        lock (_inFlight)
        {
            while (_inFlight.Count == 0)
            {
                if (_isEnded)
                {
                    return null;
                }

                Monitor.Wait(_inFlight);
            }

            var next = _inFlight.Dequeue();
            _bytesInFlight -= next.Bytes.Length;
            Monitor.PulseAll(_inFlight);
            return next;
        }
    }
}
