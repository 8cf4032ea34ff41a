using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Larder.Bench.Network;

/// <summary>
/// A network of a given latency: listens on loopback and passes on to a port, each byte later by the delay. A process of its own, so
/// that its CPU time is nobody else's. It also counts round trips: the times that a client spoke after the server had.
/// </summary>
internal static class DelayProxy
{
    public const string Command = "network";

    private static long _roundTrips;

    /// <param name="arguments">The port to pass on to, and the delay of each direction in microseconds.</param>
    public static async Task<int> RunAsync(string[] arguments)
    {
        var target = new IPEndPoint(IPAddress.Loopback, int.Parse(arguments[0], CultureInfo.InvariantCulture));
        var delay = (long)(double.Parse(arguments[1], CultureInfo.InvariantCulture) * Stopwatch.Frequency / 1_000_000);
        using var listener = new Socket(SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(backlog: 512);
        _ = AcceptAsync(listener, target, delay);
        Console.WriteLine(((IPEndPoint)listener.LocalEndPoint!).Port);

        // Ctrl-C reaches the whole process group; this process ends with the one that started it, which still has to close connections.
        Console.CancelKeyPress += static (_, pressed) => pressed.Cancel = true;
        while (await Console.In.ReadLineAsync() is not null)
        {
            Console.WriteLine(Interlocked.Read(ref _roundTrips));
        }

        return 0;
    }

    private static async Task AcceptAsync(Socket listener, EndPoint target, long delay)
    {
        while (true)
        {
            var client = await listener.AcceptAsync();
            var server = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await server.ConnectAsync(target);
            client.NoDelay = true;
            server.NoDelay = true;
            var serverSpoke = 1;
            new DelayLine(client, server, delay, () => Interlocked.Add(ref _roundTrips, Interlocked.Exchange(ref serverSpoke, 0))).Start();
            new DelayLine(server, client, delay, () => Interlocked.Exchange(ref serverSpoke, 1)).Start();
        }
    }
}
