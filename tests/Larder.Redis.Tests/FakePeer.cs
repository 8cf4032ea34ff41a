using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Larder.Redis.Resp;

namespace Larder.Redis.Tests;

/// <summary>The server's end of a connection, played by the test.</summary>
internal sealed class FakePeer : IAsyncDisposable
{
    private readonly Socket _socket;
    private readonly PipeReader _input;
    private RespFrameScanner _scanner = new(RespLimits.Default);

    internal FakePeer(Socket socket)
    {
        _socket = socket;
        _socket.NoDelay = true;
        _input = PipeReader.Create(new NetworkStream(socket));
    }

    /// <summary>A connection without greeting, and its other end.</summary>
    public static async Task<(RespConnection Connection, FakePeer Peer)> ConnectAsync(
        RespSettings? settings = null, TimeProvider? time = null, RespPushHandler? onPush = null)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await client.ConnectAsync(listener.LocalEndPoint!);
        var peer = new FakePeer(await listener.AcceptAsync());
        var connection = new RespConnection(
            new NetworkStream(client, ownsSocket: true), client, settings ?? NewSettings(), time ?? TimeProvider.System, onPush);
        connection.Start();
        return (connection, peer);
    }

    public static RespSettings NewSettings() => new() { EndPoint = new IPEndPoint(IPAddress.Loopback, 1) };

    /// <summary>The next command, its words separated by spaces; null: the client has closed the connection.</summary>
    public async Task<string?> TryReadCommandAsync()
    {
        while (true)
        {
            ReadResult result;
            try
            {
                result = await _input.ReadAsync().AsTask().Soon();
            }
            catch (IOException)
            {
                return null;
            }

            if (_scanner.TryScan(result.Buffer, out var length))
            {
                var command = Words(result.Buffer.Slice(0, length));
                _input.AdvanceTo(result.Buffer.GetPosition(length));
                return command;
            }

            _input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            if (result.IsCompleted)
            {
                return null;
            }
        }
    }

    /// <summary>Waits for so many commands.</summary>
    public async Task ReceiveAsync(int commands)
    {
        for (var i = 0; i < commands; i++)
        {
            Assert.NotNull(await TryReadCommandAsync());
        }
    }

    public async Task ExpectAsync(string command) => Assert.Equal(command, await TryReadCommandAsync());

    public async Task SendAsync(string text) => await SendAsync(Encoding.Latin1.GetBytes(text));

    public async Task SendAsync(ReadOnlyMemory<byte> bytes) => await _socket.SendAsync(bytes);

    /// <summary>Sends each byte by itself, and lets the client run in between.</summary>
    public async Task SendBytewiseAsync(string text)
    {
        var bytes = Encoding.Latin1.GetBytes(text);
        for (var i = 0; i < bytes.Length; i++)
        {
            await SendAsync(bytes.AsMemory(i, 1));
            await Task.Yield();
        }
    }

    /// <summary>Takes the part of a server that greets a client.</summary>
    public async Task GreetAsync()
    {
        Assert.StartsWith("HELLO 3", await TryReadCommandAsync(), StringComparison.Ordinal);
        await SendAsync("%1\r\n$6\r\nserver\r\n$5\r\nredis\r\n");
        await ExpectAsync("PING");
        await SendAsync("+PONG\r\n");
    }

    /// <summary>As a process that is killed: what it has received and not read makes it a reset.</summary>
    public void Close() => _socket.Close(0);

    public async ValueTask DisposeAsync()
    {
        await _input.CompleteAsync();
        _socket.Dispose();
    }

    private static string Words(in ReadOnlySequence<byte> frame)
    {
        var reader = new RespReader(frame, RespLimits.Default);
        var words = new string[reader.ReadAggregate()];
        for (var i = 0; i < words.Length; i++)
        {
            words[i] = reader.ReadString();
        }

        return string.Join(' ', words);
    }
}
