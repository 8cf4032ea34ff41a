using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace Larder.Redis.Resp;

/// <summary>How one server is reached and how patient a client is with it. It never changes.</summary>
internal sealed record RespSettings
{
    /// <summary>A host name, an address, or a Unix socket.</summary>
    public required EndPoint EndPoint { get; init; }

    /// <summary>Null: not encrypted.</summary>
    public RespTls? Tls { get; init; }

    /// <summary>Null: Redis's user "default".</summary>
    public string? User { get; init; }

    /// <summary>Null: nobody is logged in.</summary>
    public string? Password { get; init; }

    public int Database { get; init; }

    /// <summary>What <c>CLIENT LIST</c> shows.</summary>
    public string ClientName { get; init; } = "larder";

    /// <summary>How long an answer may take where a call says nothing else.</summary>
    public TimeSpan CommandLimit { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How long connecting may take: name, socket, TLS and login together.</summary>
    public TimeSpan ConnectLimit { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a connection that has stopped answering is kept before it is made anew.</summary>
    public TimeSpan StallLimit { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The most by which the first repeated attempt to connect is put off; each further one doubles it.</summary>
    public TimeSpan FirstBackOff { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The most by which an attempt to connect is put off.</summary>
    public TimeSpan MaxBackOff { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The most connections to the server; one of them is left to a blocking reader.</summary>
    public int MaxConnections { get; init; } = 4;

    /// <summary>The most commands that may wait for answers on one connection.</summary>
    public int QueueCapacity { get; init; } = 4096;

    public RespLimits Limits { get; init; } = RespLimits.Default;

    /// <summary>The server, without what is secret.</summary>
    public override string ToString() => EndPoint switch
    {
        DnsEndPoint dns => $"{dns.Host}:{dns.Port}",
        _ => $"{EndPoint}",
    };
}

/// <summary>How a server's certificate is checked. There is no way not to check it.</summary>
/// <param name="HostName">The name that the certificate must be for.</param>
/// <param name="Authorities">The only authorities that are trusted; null: those of the machine.</param>
/// <param name="ClientCertificate">What the client shows of itself, with its key; null: nothing.</param>
internal sealed record RespTls(string HostName, X509Certificate2Collection? Authorities = null, X509Certificate2? ClientCertificate = null);
