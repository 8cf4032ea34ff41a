using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Larder.Redis.Resp;

/// <summary>Makes connections that are ready for commands: socket, TLS, login, database, and a server that has its data.</summary>
internal sealed class RespConnector(RespSettings settings, TimeProvider time, RespPushHandler? onPush = null)
{
    private const int KeepAliveSeconds = 15;

    private static readonly RespVerb Hello = new("HELLO");
    private static readonly RespVerb Select = new("SELECT");
    private static readonly RespVerb Ping = new("PING");

    public RespSettings Settings => settings;

    public TimeProvider Time => time;

    /// <exception cref="RedisConnectionException">The server cannot be reached, or not in time, or its certificate is refused.</exception>
    /// <exception cref="RedisServerException">The server refuses the login or the database, or is still loading.</exception>
    public async Task<RespConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(settings.ConnectLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var connection = await OpenAsync(either.Token);
            try
            {
                await GreetAsync(connection, either.Token);
                return connection;
            }
            catch
            {
                await connection.DisposeAsync();
                throw;
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new RedisConnectionException($"Redis at {settings} did not answer within {settings.ConnectLimit.TotalMilliseconds} ms.");
        }
        catch (Exception exception) when (exception is SocketException or IOException or System.Security.Authentication.AuthenticationException)
        {
            throw new RedisConnectionException($"Redis at {settings} cannot be reached: {exception.Message}", exception);
        }
    }

    private async Task<RespConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var socket = NewSocket();
        try
        {
            await socket.ConnectAsync(settings.EndPoint, cancellationToken);
            Stream stream = new NetworkStream(socket, ownsSocket: true);
            if (settings.Tls is { } tls)
            {
                stream = await EncryptAsync(stream, tls, cancellationToken);
            }

            var connection = new RespConnection(stream, socket, settings, time, onPush);
            connection.Start();
            return connection;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private Socket NewSocket()
    {
        if (settings.EndPoint is UnixDomainSocketEndPoint)
        {
            return new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        }

        var socket = settings.EndPoint is IPEndPoint address
            ? new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp)
            : new Socket(SocketType.Stream, ProtocolType.Tcp);
        socket.NoDelay = true;
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, optionValue: true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, KeepAliveSeconds);
        return socket;
    }

    private static async Task<Stream> EncryptAsync(Stream stream, RespTls tls, CancellationToken cancellationToken)
    {
        var options = new SslClientAuthenticationOptions { TargetHost = tls.HostName };
        if (tls.Authorities is { } authorities)
        {
            options.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            options.CertificateChainPolicy.CustomTrustStore.AddRange(authorities);
        }

        if (tls.ClientCertificate is { } certificate)
        {
            options.ClientCertificates = [certificate];
        }

        var encrypted = new SslStream(stream);
        try
        {
            await encrypted.AuthenticateAsClientAsync(options, cancellationToken);
            return encrypted;
        }
        catch
        {
            await encrypted.DisposeAsync();
            throw;
        }
    }

    private async Task GreetAsync(RespConnection connection, CancellationToken cancellationToken)
    {
        RespArgument[] hello = settings.Password is { } password
            ? [3, "AUTH", settings.User ?? "default", password, "SETNAME", settings.ClientName]
            : [3, "SETNAME", settings.ClientName];
        try
        {
            await RunAsync(connection, Hello, hello, cancellationToken);
        }
        catch (RedisServerException exception) when (exception.Kind == RedisErrorKind.General)
        {
            throw new RedisConnectionException($"Redis at {settings} does not speak RESP3, which Redis 6 and later do: {exception.Message}", exception);
        }

        if (settings.Database != 0)
        {
            await RunAsync(connection, Select, [settings.Database], cancellationToken);
        }

        try
        {
            // A server that reads its data from disk takes the login but not this.
            await RunAsync(connection, Ping, [], cancellationToken);
        }
        catch (RedisServerException exception) when (exception.Kind is RedisErrorKind.NoPermission or RedisErrorKind.PrimaryDown)
        {
            // It answers, which is what was asked. What a replica without its primary serves is for the commands to find out.
        }
    }

    private static ValueTask<bool> RunAsync(RespConnection connection, RespVerb verb, RespArgument[] arguments, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(verb, arguments, RespReplies.Anything, Timeout.InfiniteTimeSpan, cancellationToken);
}
