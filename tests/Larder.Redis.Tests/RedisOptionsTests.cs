using System.Net;
using System.Net.Sockets;
using Larder.Redis.Resp;
using Microsoft.Extensions.Configuration;

namespace Larder.Redis.Tests;

public sealed class RedisOptionsTests
{
    [Theory]
    [InlineData("redis://localhost", "localhost", 6379, null, null, 0, null)]
    [InlineData("redis://", "localhost", 6379, null, null, 0, null)]
    [InlineData("redis://cache.example:7000/5", "cache.example", 7000, null, null, 5, null)]
    [InlineData("redis://:p%40ss%2Fw%3Aord@host", "host", 6379, null, "p@ss/w:ord", 0, null)]
    [InlineData("redis://us%3Aer:pw@10.1.2.3/2", "10.1.2.3", 6379, "us:er", "pw", 2, null)]
    [InlineData("rediss://user:pw@cache.example/", "cache.example", 6379, "user", "pw", 0, "cache.example")]
    [InlineData("rediss://[::1]:6380", "::1", 6380, null, null, 0, "::1")]
    [InlineData("REDIS://host/1", "host", 6379, null, null, 1, null)]
    public void ToSettings_Url_IsRead(string url, string host, int port, string? user, string? password, int database, string? tlsName)
    {
        var settings = RedisUrl.ToSettings(new() { Url = url });

        EndPoint expected = IPAddress.TryParse(host, out var address) ? new IPEndPoint(address, port) : new DnsEndPoint(host, port);
        Assert.Equal(expected, settings.EndPoint);
        Assert.Equal((user, password, database, tlsName), (settings.User, settings.Password, settings.Database, settings.Tls?.HostName));
    }

    [Theory]
    [InlineData("unix:///run/redis.sock", "/run/redis.sock", null, null, 0)]
    [InlineData("unix://user:pw@/run/re%20dis.sock?db=4", "/run/re dis.sock", "user", "pw", 4)]
    [InlineData("unix://:pw@/s", "/s", null, "pw", 0)]
    public void ToSettings_UnixSocket_IsRead(string url, string path, string? user, string? password, int database)
    {
        var settings = RedisUrl.ToSettings(new() { Url = url });

        Assert.Equal(path, Assert.IsType<UnixDomainSocketEndPoint>(settings.EndPoint).ToString());
        Assert.Equal((user, password, database), (settings.User, settings.Password, settings.Database));
    }

    [Theory]
    [InlineData("")]
    [InlineData("localhost:6379")]
    [InlineData("http://localhost")]
    [InlineData("redis://host/one")]
    [InlineData("redis://host/-1")]
    [InlineData("redis://host/16384")]
    [InlineData("redis://host:70000")]
    [InlineData("redis://host?db=1")]
    [InlineData("redis://user@host")]
    [InlineData("redis://user:@host")]
    [InlineData("unix://socket")]
    [InlineData("unix://pw/run/redis.sock")]
    [InlineData("unix:///run/redis.sock?x=1")]
    public void Validate_UrlThatIsNone_NamesTheSetting(string url)
    {
        var failure = Assert.Single(Validate(new() { Url = url }));

        Assert.StartsWith("REDIS_URL (Larder:Redis:Url) ", failure, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("redis://user:topsecret@host/one")]
    [InlineData("redis://user:topsecret@host:70000")]
    [InlineData("unix://user:topsecret/run/s")]
    public void Validate_WrongUrlWithPassword_DoesNotShowIt(string url) =>
        Assert.DoesNotContain("topsecret", string.Concat(Validate(new() { Url = url })), StringComparison.Ordinal);

    [Fact]
    public void Settings_Shown_HaveNoPassword() =>
        Assert.Equal("host:6379", RedisUrl.ToSettings(new() { Url = "redis://user:topsecret@host" }).ToString());

    [Theory]
    [InlineData("redis://h", null, false)]
    [InlineData("redis://h", false, false)]
    [InlineData("redis://h", true, true)]
    [InlineData("rediss://h", null, true)]
    [InlineData("rediss://h", true, true)]
    public void ToSettings_UrlAndSslSetting_DecideTogether(string url, bool? useTls, bool isTls) =>
        Assert.Equal(isTls, RedisUrl.ToSettings(new() { Url = url, UseTls = useTls }).Tls is not null);

    [Fact]
    public void Validate_UrlAndSslSettingThatContradict_AreRefused()
    {
        Assert.Single(Validate(new() { Url = "rediss://h", UseTls = false }));
        Assert.Single(Validate(new() { Url = "unix:///s", UseTls = true }));
    }

    [Fact]
    public void Validate_EveryBound_IsChecked()
    {
        Assert.Empty(Validate(new()));
        Assert.Single(Validate(new() { MaxConnections = 1 }));
        Assert.Single(Validate(new() { MaxConnections = 257 }));
        Assert.Single(Validate(new() { CommandTimeout = TimeSpan.Zero }));
        Assert.Single(Validate(new() { CommandTimeout = TimeSpan.FromSeconds(61) }));
        Assert.Single(Validate(new() { ConnectTimeout = TimeSpan.FromHours(1) }));
        Assert.Single(Validate(new() { Url = "rediss://h", CertificateAuthorityPath = "/does/not/exist.pem" }));
    }

    [Fact]
    public void ToSettings_CertificateAuthorityFile_IsTheOnlyOneTrusted()
    {
        var folder = Directory.CreateTempSubdirectory("larder-ca-");
        try
        {
            var certificates = new TestCertificates(folder.FullName);
            var settings = RedisUrl.ToSettings(new() { Url = "rediss://10.0.0.1", CertificateAuthorityPath = certificates.AuthorityPath, TlsHostName = "cache", ClientCertificatePath = certificates.Issue("me") });

            Assert.Equal("cache", settings.Tls!.HostName);
            Assert.Equal(certificates.Authorities[0].Thumbprint, Assert.Single(settings.Tls.Authorities!).Thumbprint);
            Assert.True(settings.Tls.ClientCertificate!.HasPrivateKey);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Configure_FlatNames_AreRead()
    {
        var options = Configured(("REDIS_URL", "redis://a:7000/1"), ("REDIS_SSL", "true"), ("REDIS_MAX_CONNECTIONS", "9"));

        Assert.Equal(("redis://a:7000/1", true, 9), (options.Url, options.UseTls, options.MaxConnections));
        Assert.Empty(Validate(options));
    }

    [Fact]
    public void Configure_NamesUnderLarder_AreStronger()
    {
        var options = Configured(
            ("REDIS_URL", "redis://a"), ("Larder:Redis:Url", "redis://b"), ("REDIS_MAX_CONNECTIONS", "9"), ("Larder:Redis:MaxConnections", "3"),
            ("Larder:Redis:CommandTimeout", "00:00:00.100"), ("Larder:Redis:ConnectTimeout", "00:00:02"));

        Assert.Equal(("redis://b", 3), (options.Url, options.MaxConnections));
        Assert.Equal((TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(2)), (options.CommandTimeout, options.ConnectTimeout));
    }

    [Fact]
    public void Configure_BadValues_AreAllReportedByName()
    {
        var failures = Validate(Configured(("REDIS_SSL", "maybe"), ("REDIS_MAX_CONNECTIONS", "many"), ("Larder:Redis:CommandTimeout", "5")));

        Assert.Collection(
            failures,
            failure => Assert.Contains("REDIS_SSL is 'maybe'", failure, StringComparison.Ordinal),
            failure => Assert.Contains("REDIS_MAX_CONNECTIONS is 'many'", failure, StringComparison.Ordinal),
            failure => Assert.Contains("Larder:Redis:CommandTimeout is '5'", failure, StringComparison.Ordinal));
    }

    private static RedisOptions Configured(params (string Key, string Value)[] settings)
    {
        var options = new RedisOptions();
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value))).Build();
        new RedisOptionsConfiguration(configuration).Configure(options);
        return options;
    }

    private static string[] Validate(RedisOptions options) => [.. new RedisOptionsValidator().Validate(null, options).Failures ?? []];
}
