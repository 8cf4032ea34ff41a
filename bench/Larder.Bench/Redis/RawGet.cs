using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Larder.Bench.Redis;

/// <summary>The floor: a GET of one key whose answer has a known length, written and read with nothing but a socket.</summary>
internal sealed class RawGet : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _command;
    private readonly byte[] _answer;

    public RawGet(EndPoint server, string key, int valueBytes)
    {
        _socket.Connect(server);
        _command = Encoding.ASCII.GetBytes($"*2\r\n$3\r\nGET\r\n${key.Length}\r\n{key}\r\n");
        _answer = new byte[$"${valueBytes}\r\n".Length + valueBytes + 2];
    }

    public async ValueTask GetAsync()
    {
        await _socket.SendAsync(_command);
        for (var filled = 0; filled < _answer.Length;)
        {
            filled += await _socket.ReceiveAsync(_answer.AsMemory(filled));
        }
    }

    /// <summary>On the calling thread, which waits in the kernel.</summary>
    public ValueTask GetBlocking()
    {
        _socket.Send(_command);
        for (var filled = 0; filled < _answer.Length;)
        {
            filled += _socket.Receive(_answer.AsSpan(filled));
        }

        return default;
    }

    public void Dispose() => _socket.Dispose();
}
