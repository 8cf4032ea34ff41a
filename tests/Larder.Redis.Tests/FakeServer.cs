using System.Net;
using System.Net.Sockets;
using Larder.Redis.Resp;

namespace Larder.Redis.Tests;

/// <summary>A server whose connections the test plays, one after the other.</summary>
internal sealed class FakeServer : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public FakeServer()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
    }

    public RespSettings Settings => new() { EndPoint = _listener.LocalEndPoint!, ConnectLimit = TimeSpan.FromSeconds(20), CommandLimit = TimeSpan.FromSeconds(20) };

    public async Task<FakePeer> AcceptAsync() => new(await _listener.AcceptAsync().Soon());

    /// <summary>From now on connections are refused.</summary>
    public void Dispose() => _listener.Dispose();
}
