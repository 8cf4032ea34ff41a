using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Larder.Bench.Redis;

/// <summary>A redis-server of this run alone, on a free port of 127.0.0.1, without files.</summary>
internal sealed class PrivateRedis : IAsyncDisposable
{
    private readonly Process _process;

    private PrivateRedis(Process process, IPEndPoint endPoint) => (_process, EndPoint) = (process, endPoint);

    public IPEndPoint EndPoint { get; }

    public int ProcessId => _process.Id;

    /// <exception cref="InvalidOperationException">It does not start.</exception>
    public static async Task<PrivateRedis> StartAsync(CancellationToken cancellationToken)
    {
        var port = FreePort();
        var start = new ProcessStartInfo("redis-server") { UseShellExecute = false, RedirectStandardOutput = true };
        foreach (var option in (string[])["--port", port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--save", "", "--dir", Path.GetTempPath()])
        {
            start.ArgumentList.Add(option);
        }

        var process = Process.Start(start)!;
        while (await process.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.Contains("Ready to accept connections", StringComparison.Ordinal))
            {
                return new(process, new(IPAddress.Loopback, port));
            }
        }

        process.Dispose();
        throw new InvalidOperationException("redis-server does not start.");
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
