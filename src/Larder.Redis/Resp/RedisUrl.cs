using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Larder.Redis.Resp;

/// <summary>Reads the URL of a server, and with it all options, into settings.</summary>
internal static class RedisUrl
{
    private const int DefaultPort = 6379;
    private const int GreatestDatabase = 16383;
    private const string UnixScheme = "unix://";
    private const string Forms = "redis://user:password@host:6379/0, rediss://… or unix:///path/to/socket?db=0";

    /// <exception cref="FormatException">The URL or what belongs to it is wrong. No message contains the password.</exception>
    public static RespSettings ToSettings(RedisOptions options)
    {
        var url = options.Url.Trim();
        var settings = url.StartsWith(UnixScheme, StringComparison.OrdinalIgnoreCase) ? OfUnixSocket(url) : OfHost(url);
        var isTlsUrl = url.StartsWith("rediss:", StringComparison.OrdinalIgnoreCase);
        if (options.UseTls == false && isTlsUrl)
        {
            throw Wrong("asks for TLS (rediss://) and REDIS_SSL (Larder:Redis:UseTls) is false: they must agree");
        }

        if (options.UseTls == true && settings.EndPoint is UnixDomainSocketEndPoint)
        {
            throw Wrong("is a Unix socket and REDIS_SSL (Larder:Redis:UseTls) is true: TLS is for TCP only");
        }

        return settings with
        {
            Tls = options.UseTls ?? isTlsUrl ? Tls(options, settings) : null,
            CommandLimit = options.CommandTimeout,
            ConnectLimit = options.ConnectTimeout,
            MaxConnections = options.MaxConnections,
        };
    }

    private static RespTls Tls(RedisOptions options, RespSettings settings)
    {
        X509Certificate2Collection? authorities = null;
        if (options.CertificateAuthorityPath is { } path)
        {
            authorities = [];
            authorities.ImportFromPemFile(path);
            if (authorities.Count == 0)
            {
                throw new FormatException($"Larder:Redis:CertificateAuthorityPath is '{path}': the file has no certificate in PEM form.");
            }
        }

        var host = settings.EndPoint is DnsEndPoint dns ? dns.Host : ((IPEndPoint)settings.EndPoint).Address.ToString();
        var client = options.ClientCertificatePath is { } clientPath ? X509Certificate2.CreateFromPemFile(clientPath) : null;
        return new(options.TlsHostName ?? host, authorities, client);
    }

    private static RespSettings OfHost(string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("redis" or "rediss"))
        {
            throw Wrong($"is not understood: it must be like {Forms}");
        }

        if (uri.Query.Length > 0 || uri.Fragment.Length > 0)
        {
            throw Wrong("has a query or a fragment: only a Unix socket has a query, ?db=0");
        }

        var host = uri.Host.Length > 0 ? uri.Host.Trim('[', ']') : "localhost";
        var port = uri.Port > 0 ? uri.Port : DefaultPort;
        var (user, password) = Login(uri.UserInfo);
        return new()
        {
            EndPoint = IPAddress.TryParse(host, out var address) ? new IPEndPoint(address, port) : new DnsEndPoint(host, port),
            User = user,
            Password = password,
            Database = Database(uri.AbsolutePath.Trim('/')),
        };
    }

    // Not left to Uri, which takes the first part of the path for a host.
    private static RespSettings OfUnixSocket(string url)
    {
        var rest = url[UnixScheme.Length..];
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        var login = slash > 0 ? rest[..slash] : "";
        if (slash < 0 || (login.Length > 0 && !login.EndsWith('@')))
        {
            throw Wrong($"is not understood: it must be like {Forms}");
        }

        var path = rest[slash..];
        var database = 0;
        var question = path.IndexOf('?', StringComparison.Ordinal);
        if (question >= 0)
        {
            var query = path[(question + 1)..];
            database = query.StartsWith("db=", StringComparison.Ordinal) ? Database(query[3..]) : throw Wrong("has a query other than ?db=0");
            path = path[..question];
        }

        var (user, password) = Login(login.TrimEnd('@'));
        return new() { EndPoint = new UnixDomainSocketEndPoint(Uri.UnescapeDataString(path)), User = user, Password = password, Database = database };
    }

    private static (string? User, string? Password) Login(string login)
    {
        if (login.Length == 0)
        {
            return (null, null);
        }

        var colon = login.IndexOf(':', StringComparison.Ordinal);
        var password = colon >= 0 ? Uri.UnescapeDataString(login[(colon + 1)..]) : "";
        if (password.Length == 0)
        {
            throw Wrong("names a user without a password");
        }

        return (colon > 0 ? Uri.UnescapeDataString(login[..colon]) : null, password);
    }

    private static int Database(string text) =>
        text.Length == 0 ? 0
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= GreatestDatabase ? number
        : throw Wrong($"names database '{text}': it must be a whole number between 0 and {GreatestDatabase}");

    private static FormatException Wrong(string what) => new($"REDIS_URL (Larder:Redis:Url) {what}.");
}
