namespace Larder.Redis;

/// <summary>
/// How Redis is reached: read from configuration (see each property for its names), validated when the host starts. Where two configuration
/// names set one property, the one under <c>Larder:</c> wins.
/// </summary>
public sealed class RedisOptions
{
    internal const int LeastConnections = 2;
    internal const int GreatestConnections = 256;
    internal static readonly TimeSpan GreatestCommandTimeout = TimeSpan.FromSeconds(60);
    internal static readonly TimeSpan GreatestConnectTimeout = TimeSpan.FromMinutes(5);

    /// <summary>
    /// The server: <c>redis://user:password@host:6379/0</c>, <c>rediss://…</c> with TLS, or <c>unix://user:password@/path/to/socket?db=0</c>.
    /// User, password (percent-encoded), port and database may be left out. Default <c>redis://localhost:6379/0</c>.
    /// Configuration: <c>Larder:Redis:Url</c>, <c>REDIS_URL</c>.
    /// </summary>
    public string Url { get; set; } = "redis://localhost:6379/0";

    /// <summary>
    /// True: TLS also where the URL says <c>redis://</c>. Null, the default: as the URL says. False contradicts <c>rediss://</c>.
    /// Configuration: <c>Larder:Redis:UseTls</c>, <c>REDIS_SSL</c> (true, false, 1 or 0).
    /// </summary>
    public bool? UseTls { get; set; }

    /// <summary>
    /// The most connections to the server: 2 to 256; default 4. One is left to the reader of the invalidation log. Commands share the
    /// others and need few.
    /// Configuration: <c>Larder:Redis:MaxConnections</c>, <c>REDIS_MAX_CONNECTIONS</c>.
    /// </summary>
    public int MaxConnections { get; set; } = 4;

    /// <summary>
    /// A PEM file of the only certificate authorities that are trusted for Redis; null, the default: those of the machine.
    /// Configuration: <c>Larder:Redis:CertificateAuthorityPath</c>.
    /// </summary>
    public string? CertificateAuthorityPath { get; set; }

    /// <summary>
    /// A PEM file of the certificate, and its key, that this client shows to the server; null, the default: none.
    /// Configuration: <c>Larder:Redis:ClientCertificatePath</c>.
    /// </summary>
    public string? ClientCertificatePath { get; set; }

    /// <summary>
    /// The name that the server's certificate must be for; null, the default: the host of the URL.
    /// Configuration: <c>Larder:Redis:TlsHostName</c>.
    /// </summary>
    public string? TlsHostName { get; set; }

    /// <summary>
    /// How long a command may take before its caller goes on without Redis: 1 ms to 60 s; default 250 ms.
    /// Configuration: <c>Larder:Redis:CommandTimeout</c> (hh:mm:ss.fff).
    /// </summary>
    public TimeSpan CommandTimeout { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// How long one attempt to connect may take, name, TLS and login included: 1 ms to 5 minutes; default 1 s.
    /// Configuration: <c>Larder:Redis:ConnectTimeout</c> (hh:mm:ss.fff).
    /// </summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(1);

    internal List<string> ConfigurationErrors { get; } = [];
}
