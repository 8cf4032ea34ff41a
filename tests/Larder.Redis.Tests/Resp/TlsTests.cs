using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Larder.Redis.Resp;

namespace Larder.Redis.Tests.Resp;

/// <summary>TLS and ACL against a real server.</summary>
public sealed class TlsTests : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("larder-tls-");
    private TestCertificates _certificates = null!;
    private TestRedis _redis = null!;

    public async ValueTask InitializeAsync()
    {
        _certificates = new(Path.Combine(_folder.FullName, "right"));
        var server = _certificates.Issue("localhost");
        _redis = await TestRedis.StartTlsAsync(
            "--tls-cert-file", server, "--tls-key-file", server, "--tls-ca-cert-file", _certificates.AuthorityPath, "--tls-auth-clients", "optional",
            "--user", "app", "on", ">secret", "~app:*", "+@all", "-@dangerous", "--user", "default", "off");
    }

    public async ValueTask DisposeAsync()
    {
        if (_redis is not null)
        {
            await _redis.DisposeAsync();
        }

        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task ConnectAsync_RightAuthorityNameAndUser_RunsCommandsOfAnySize()
    {
        await using var connection = await _redis.ConnectAsync(Settings(new RespTls("localhost", _certificates.Authorities)));
        var value = new byte[5_000_000];
        new Random(1).NextBytes(value);

        Assert.True(await connection.Client().SetAsync("app:a", value, duration: null));
        using var read = await connection.Client().GetAsync("app:a");
        Assert.True(read!.Memory.Span.SequenceEqual(value));
    }

    [Fact]
    public async Task ConnectAsync_CommandOrKeyThatTheUserMayNot_IsNoPermission()
    {
        await using var connection = await _redis.ConnectAsync(Settings(new RespTls("localhost", _certificates.Authorities)));

        Assert.Equal(RedisErrorKind.NoPermission, (await Assert.ThrowsAnyAsync<RedisServerException>(() => connection.GetTextAsync("other"))).Kind);
        Assert.Equal(RedisErrorKind.NoPermission, (await Assert.ThrowsAnyAsync<RedisServerException>(() => connection.RunAsync("FLUSHALL"))).Kind);
        Assert.True(await connection.Client().PingAsync());
    }

    [Fact]
    public async Task ConnectAsync_UserWithoutPing_IsConnectedAllTheSame()
    {
        await using var redis = await TestRedis.StartAsync("--user", "mute", "on", ">pw", "~*", "+get");
        await using var connection = await redis.ConnectAsync(redis.Settings with { User = "mute", Password = "pw" });
        Assert.Null(await connection.GetTextAsync("k"));
    }

    [Fact]
    public async Task ConnectAsync_OtherAuthority_IsRefused()
    {
        var other = new TestCertificates(Path.Combine(_folder.FullName, "wrong"));

        await AssertRefusedAsync(new RespTls("localhost", other.Authorities));
    }

    [Fact]
    public async Task ConnectAsync_AuthoritiesOfTheMachine_DoNotIncludeIt() => await AssertRefusedAsync(new RespTls("localhost"));

    [Fact]
    public async Task ConnectAsync_OtherHostName_IsRefused()
    {
        await AssertRefusedAsync(new RespTls("redis.example", _certificates.Authorities));
        await AssertRefusedAsync(new RespTls("127.0.0.1", _certificates.Authorities));
    }

    [Fact]
    public async Task ConnectAsync_ServerAsksForACertificate_IsShownOne()
    {
        var server = _certificates.Issue("127.0.0.1");
        await using var redis = await TestRedis.StartTlsAsync(
            "--tls-cert-file", server, "--tls-key-file", server, "--tls-ca-cert-file", _certificates.AuthorityPath, "--tls-auth-clients", "yes");
        var settings = redis.Settings with { Tls = new RespTls("127.0.0.1", _certificates.Authorities) };
        await Assert.ThrowsAnyAsync<RedisException>(() => redis.ConnectAsync(settings));

        using var own = X509Certificate2.CreateFromPemFile(_certificates.Issue("client"));
        await using var connection = await redis.ConnectAsync(settings with { Tls = settings.Tls! with { ClientCertificate = own } });
        Assert.True(await connection.Client().PingAsync());
    }

    [Fact]
    public async Task ConnectAsync_ServerWithoutTls_IsRefused()
    {
        await using var redis = await TestRedis.StartAsync();

        await Assert.ThrowsAsync<RedisConnectionException>(
            () => redis.ConnectAsync(redis.Settings with { ConnectLimit = TimeSpan.FromSeconds(2), Tls = new RespTls("localhost", _certificates.Authorities) }));
    }

    private async Task AssertRefusedAsync(RespTls tls)
    {
        var refused = await Assert.ThrowsAsync<RedisConnectionException>(() => _redis.ConnectAsync(Settings(tls)));

        Assert.IsType<AuthenticationException>(refused.InnerException);
    }

    private RespSettings Settings(RespTls tls) => _redis.Settings with { Tls = tls, User = "app", Password = "secret" };
}
