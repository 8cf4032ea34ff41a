using System.Diagnostics;
using System.Net;
using Larder.Redis.Resp;

namespace Larder.Redis.Tests;

/// <summary>A redis-server of the test's own, in a temporary folder, on a free port of 127.0.0.1 and a Unix socket.</summary>
internal sealed class TestRedis : IAsyncDisposable
{
    // Below the ports that the kernel hands out by itself.
    private const int LeastPort = 20000;
    private const int GreatestPort = 32000;
    private const int Attempts = 20;

    private readonly DirectoryInfo _folder;
    private readonly bool _isTls;
    private string[] _options;
    private Process? _process;

    private TestRedis(DirectoryInfo folder, bool isTls, string[] options) => (_folder, _isTls, _options) = (folder, isTls, options);

    public int Port { get; private set; }

    public int ProcessId => _process!.Id;

    public string Folder => _folder.FullName;

    public string SocketPath => Path.Combine(Folder, "s");

    public RespSettings Settings => new()
    {
        EndPoint = new IPEndPoint(IPAddress.Loopback, Port),

        // Tests run beside others on a busy machine; what is about limits sets its own.
        CommandLimit = TimeSpan.FromSeconds(10),
        ConnectLimit = TimeSpan.FromSeconds(10),
    };

    /// <param name="options">Options of the command line, such as <c>--requirepass</c> and its value.</param>
    public static async Task<TestRedis> StartAsync(params string[] options) => await StartAsync(isTls: false, options);

    public static async Task<TestRedis> StartTlsAsync(params string[] options) => await StartAsync(isTls: true, options);

    /// <summary>Starts it again where it was, with further options, and waits for a line of its log.</summary>
    public async Task RestartAsync(string awaitedLine, params string[] options)
    {
        _options = [.. _options, .. options];
        Assert.True(await TryRunAsync(awaitedLine), "redis-server did not start again");
    }

    public Task RestartAsync() => RestartAsync(Ready);

    /// <summary>As kill -9 does.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    public async Task<RespConnection> ConnectAsync(RespSettings? settings = null, RespPushHandler? onPush = null) =>
        await new RespConnector(settings ?? Settings, TimeProvider.System, onPush).ConnectAsync(CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await KillAsync();
        }

        _folder.Delete(recursive: true);
    }

    private const string Ready = "Ready to accept connections";

    private static async Task<TestRedis> StartAsync(bool isTls, string[] options)
    {
        _ = TestServices.RedisServer();
        var redis = new TestRedis(Directory.CreateTempSubdirectory("larder-redis-"), isTls, options);
        for (var i = 0; i < Attempts; i++)
        {
            redis.Port = Random.Shared.Next(LeastPort, GreatestPort);
            if (await redis.TryRunAsync(Ready))
            {
                return redis;
            }
        }

        await redis.DisposeAsync();
        throw new InvalidOperationException("redis-server found no free port.");
    }

    private async Task<bool> TryRunAsync(string awaitedLine)
    {
        var port = Port.ToString();
        string[] ports = _isTls ? ["--port", "0", "--tls-port", port] : ["--port", port];
        var start = new ProcessStartInfo(TestServices.RedisServer()) { UseShellExecute = false, RedirectStandardOutput = true, WorkingDirectory = Folder };
        foreach (var option in (string[])[.. ports, "--bind", "127.0.0.1", "--unixsocket", SocketPath, "--save", "", "--dir", Folder, .. _options])
        {
            start.ArgumentList.Add(option);
        }

        _process = Process.Start(start)!;
        var isReady = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        _process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is null)
            {
                isReady.TrySetResult(false);
            }
            else if (line.Data.Contains(awaitedLine, StringComparison.Ordinal))
            {
                isReady.TrySetResult(true);
            }
        };
        _process.BeginOutputReadLine();
        if (await isReady.Task.Soon())
        {
            return true;
        }

        _process.Dispose();
        _process = null;
        return false;
    }
}
