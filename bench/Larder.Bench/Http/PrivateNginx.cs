using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Larder.Bench.Processes;

namespace Larder.Bench.Http;

/// <summary>An nginx of this run's own with one worker, in a temporary folder, that caches what another server answers.</summary>
internal sealed class PrivateNginx : IAsyncDisposable
{
    private const int Attempts = 100;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Process _master;
    private readonly DirectoryInfo _folder;

    private PrivateNginx(Process master, DirectoryInfo folder, Uri address)
    {
        _master = master;
        _folder = folder;
        Address = address;
    }

    public Uri Address { get; }

    /// <summary>Of its worker; the process that looks after the cache's files counts, too.</summary>
    public CpuReading Cpu => CpuReading.Of(CpuMeter.ChildrenOf(_master.Id));

    /// <summary>Starts it on a free port, pinned to a core. Null: there is no nginx here.</summary>
    public static async Task<PrivateNginx?> StartAsync(Uri origin, int core, CancellationToken cancellationToken)
    {
        const string Program = "/usr/sbin/nginx";
        if (!File.Exists(Program))
        {
            return null;
        }

        var folder = Directory.CreateTempSubdirectory("larder-bench-nginx-");
        var port = FreePort();
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "nginx.conf"), Configuration(folder.FullName, port, origin), cancellationToken);
        var start = new ProcessStartInfo("taskset") { UseShellExecute = false, RedirectStandardError = true };
        foreach (var argument in (string[])["-c", core.ToString(CultureInfo.InvariantCulture), Program, "-p", folder.FullName, "-c", "nginx.conf", "-e", "error.log"])
        {
            start.ArgumentList.Add(argument);
        }

        var nginx = new PrivateNginx(Process.Start(start)!, folder, new Uri($"http://127.0.0.1:{port}"));
        try
        {
            await nginx.AwaitAsync(port, cancellationToken);
            return nginx;
        }
        catch
        {
            await nginx.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_master.HasExited)
        {
            Signals.Terminate(_master.Id);
            using var patience = new CancellationTokenSource(Patience);
            await _master.WaitForExitAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        _master.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task AwaitAsync(int port, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
                return;
            }
            catch (SocketException) when (attempt < Attempts && !_master.HasExited)
            {
                await Task.Delay(Pause, TimeProvider.System, cancellationToken);
            }
            catch (SocketException exception) when (_master.HasExited)
            {
                throw new InvalidOperationException($"nginx did not start: {await _master.StandardError.ReadToEndAsync(cancellationToken)}", exception);
            }
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string Configuration(string folder, int port, Uri origin) => $$"""
        {{(Environment.UserName == "root" ? "user root;" : "")}}
        daemon off;
        worker_processes 1;
        pid {{folder}}/nginx.pid;
        events { worker_connections 256; }
        http {
          access_log off;
          default_type application/json;
          keepalive_requests 1000000000;
          keepalive_timeout 1h;
          tcp_nodelay on;
          sendfile on;
          open_file_cache max=100;
          client_body_temp_path {{folder}}/body;
          proxy_temp_path {{folder}}/proxy;
          fastcgi_temp_path {{folder}}/fastcgi;
          uwsgi_temp_path {{folder}}/uwsgi;
          scgi_temp_path {{folder}}/scgi;
          proxy_cache_path {{folder}}/cache keys_zone=answers:1m inactive=1d;
          server {
            listen 127.0.0.1:{{port}} reuseport;
            location / {
              proxy_pass {{origin.GetLeftPart(UriPartial.Authority)}};
              proxy_cache answers;
              proxy_cache_valid 200 1d;
              proxy_ignore_headers Cache-Control Expires Vary Set-Cookie;
              add_header X-Cache $upstream_cache_status;
            }
          }
        }
        """;
}
