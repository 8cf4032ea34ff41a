using System.Net;
using System.Net.Sockets;

namespace Larder.Tests.Data;

/// <summary>
/// Hands bytes on between a client and a server, and counts round trips: each time that the client says something after the server has
/// spoken. It can stop, as a server that is away.
/// </summary>
internal sealed class RoundTripRelay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly string _host;
    private readonly int _port;
    private readonly Task _accepting;
    private int _roundTrips;

    public RoundTripRelay(string host, int port)
    {
        (_host, _port) = (host, port);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    public int RoundTrips => Volatile.Read(ref _roundTrips);

    public bool IsStopped => _stopping.IsCancellationRequested;

    /// <summary>From now on nobody gets through, and who was connected is cut off.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        await _accepting;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _listener.Dispose();
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                connections.Add(RelayAsync(await _listener.AcceptTcpClientAsync(_stopping.Token)));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task RelayAsync(TcpClient client)
    {
        using var closing = client;
        using var server = new TcpClient();
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        try
        {
            await server.ConnectAsync(_host, _port, ended.Token);
            client.NoDelay = server.NoDelay = true;
            var turn = new Turn();
            var up = PumpAsync(client.GetStream(), server.GetStream(), () => Interlocked.Add(ref _roundTrips, turn.Client()), ended);
            var down = PumpAsync(server.GetStream(), client.GetStream(), () => turn.Server(), ended);
            await Task.WhenAll(up, down);
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or IOException)
        {
            // One side has gone, and so has the other now.
        }
    }

    private static async Task PumpAsync(NetworkStream from, NetworkStream to, Action passing, CancellationTokenSource ended)
    {
        try
        {
            var buffer = new byte[65_536];
            int count;
            while ((count = await from.ReadAsync(buffer, ended.Token)) > 0)
            {
                passing();
                await to.WriteAsync(buffer.AsMemory(0, count), ended.Token);
            }
        }
        finally
        {
            await ended.CancelAsync();
        }
    }

    private sealed class Turn
    {
        private int _isClients;

        public int Client() => Interlocked.Exchange(ref _isClients, 1) == 0 ? 1 : 0;

        public void Server() => Interlocked.Exchange(ref _isClients, 0);
    }
}
