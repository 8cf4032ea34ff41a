using System.Net;
using Larder.AspNetCore.RequestLog;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Larder.Tests.AspNetCore.RequestLog;

/// <summary>Redaction, client addresses, bounded text and options, each by itself.</summary>
public sealed class RequestLogRulesTests
{
    [Theory]
    [InlineData("password", "x")]
    [InlineData("PASSWORD_CONFIRMATION", "x")]
    [InlineData("X-Api-Key", "x")]
    [InlineData("user[email]", "x")]
    [InlineData("customerPhone", "x")]
    [InlineData("refresh.token", "x")]
    [InlineData("Authorization", "x")]
    [InlineData("q", "jo.doe+x@mail.example.com")]
    [InlineData("q", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln")]
    [InlineData("q", "bearer abc")]
    [InlineData("q", "Basic YTpi")]
    [InlineData("redirect", "https://x/?a=1&api_key=k")]
    [InlineData("branch", "BR-17-secretive")]
    public void Redaction_OfASecret_ShowsTheMark(string name, string value) =>
        Assert.Equal("[redacted]", Redaction("BR-[0-9]+").Value(name, value).ToString());

    [Theory]
    [InlineData("limit", "20")]
    [InlineData("status", "pending")]
    [InlineData("as_of", "2025-01-01")]
    [InlineData("q", "a@b")]
    [InlineData("q", "eyJ only")]
    [InlineData("filter", "a=1;b=2")]
    public void Redaction_OfAnythingElse_ShowsIt(string name, string value) => Assert.Equal(value, Redaction().Value(name, value).ToString());

    [Theory]
    [InlineData("/api/mobile/products/1/complete", "/api/mobile/products/1/complete")]
    [InlineData("/users/jo@example.com/orders", "/users/[redacted]/orders")]
    [InlineData("/reset/eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", "/reset/[redacted]")]
    [InlineData("/a/token=abc", "/a/[redacted]")]
    [InlineData("/docs/index.html", "/docs/index.html")]
    public void Redaction_OfAPath_MarksTheSegment(string path, string shown) => Assert.Equal(shown, Redaction().Path(path));

    [Theory]
    [InlineData("192.0.2.1", "203.0.113.7", "192.0.2.1")]
    [InlineData("10.0.0.1", "203.0.113.7", "203.0.113.7")]
    [InlineData("10.0.0.1", "198.51.100.1, 203.0.113.7, 10.9.9.9", "203.0.113.7")]
    [InlineData("10.0.0.1", "10.0.0.3,10.0.0.2", "10.0.0.3")]
    [InlineData("10.0.0.1", "203.0.113.7, unknown", "10.0.0.1")]
    [InlineData("10.0.0.1", "203.0.113.7,\"><script>, 10.0.0.2", "10.0.0.2")]
    [InlineData("10.0.0.1", "203.0.113.7:4711", "203.0.113.7")]
    [InlineData("10.0.0.1", "[2001:db8::1]:80", "2001:db8::1")]
    [InlineData("10.0.0.1", "2001:db8::2", "2001:db8::2")]
    [InlineData("10.0.0.1", "1", "10.0.0.1")]
    [InlineData("10.0.0.1", "", "10.0.0.1")]
    [InlineData("::ffff:10.0.0.1", "203.0.113.7", "203.0.113.7")]
    [InlineData("fd00::5", "::ffff:203.0.113.7", "203.0.113.7")]
    public void ClientAddress_OfForwardedFor_BelievesOnlyWhatTrustedProxiesWrote(string peer, string header, string client) =>
        Assert.Equal(client, Clients(ForwardedHeader.XForwardedFor).Of(IPAddress.Parse(peer), header)!.ToString());

    [Theory]
    [InlineData("for=203.0.113.7;proto=https;by=10.0.0.1", "203.0.113.7")]
    [InlineData("for=198.51.100.1, For=\"[2001:db8::1]:4711\"", "2001:db8::1")]
    [InlineData("for=198.51.100.1, for=10.0.0.2", "198.51.100.1")]
    [InlineData("for=203.0.113.7, for=_hidden", "10.0.0.1")]
    [InlineData("proto=https", "10.0.0.1")]
    public void ClientAddress_OfForwarded_ReadsItsNodes(string header, string client) =>
        Assert.Equal(client, Clients(ForwardedHeader.Forwarded).Of(IPAddress.Parse("10.0.0.1"), header)!.ToString());

    [Fact]
    public void ClientAddress_OfAnEndlessHeader_StopsAtItsBound()
    {
        var header = "203.0.113.7," + string.Join(',', Enumerable.Repeat("10.0.0.2", 100_000));

        Assert.Equal("10.0.0.2", Clients(ForwardedHeader.XForwardedFor).Of(IPAddress.Parse("10.0.0.1"), header)!.ToString());
    }

    [Fact]
    public void Text_FromOutside_IsBoundedAndWholeCharacters()
    {
        Assert.Equal("plain", RequestLogText.OneLine("plain", 16).ToString());
        Assert.Equal("0123456789abcde…", RequestLogText.OneLine("0123456789abcdefghi", 16).ToString());
        Assert.Equal("0123456789abcd…", RequestLogText.OneLine("0123456789abcd\U0001F600x", 16).ToString());
        Assert.Equal("a\uFFFDb\uFFFD\uFFFD", RequestLogText.OneLine("a\uD800b\uDC00\u009b", 16).ToString());
        Assert.Equal("a\uFFFD\uFFFDb", RequestLogText.OneLine("a\r\nb", 16).ToString());
        Assert.Equal("a\r\n\tb\uFFFD", RequestLogText.Lines("a\r\n\tb\u001b", 16).ToString());
    }

    [Fact]
    public void Options_FromConfiguration_AreRead()
    {
        var options = Configured(
            ("Enabled", "true"), ("MinimumLevel", "debug"), ("Levels:bff_cache_hit", "None"), ("SuccessSampling", "0.1"), ("SlowQuery", "250ms"),
            ("FlushInterval", "00:00:01"), ("SlowRequest", "2"), ("QueueCapacity", "64"), ("RedactedNames", "vat, iban"), ("RedactedPatterns:0", "^[0-9]{16}$"),
            ("TrustedProxies:0", "10.0.0.0/8"), ("TrustedProxies:1", "::1"), ("ForwardedHeader", "Forwarded"), ("ExplainSlowQueries", "1"),
            ("Destination", "File"), ("FilePath", "/tmp/x"), ("MaxFileBytes", "70000"), ("KeptFiles", "2"));

        Assert.Equal((LogLevel.Debug, LogLevel.None, 0.1, 64), (options.MinimumLevel, options.Levels["bff_cache_hit"], options.SuccessSampling, options.QueueCapacity));
        Assert.Equal((250.0, 1.0, 2.0), (options.SlowQuery.TotalMilliseconds, options.FlushInterval.TotalSeconds, options.SlowRequest.TotalSeconds));
        Assert.Superset(new HashSet<string> { "vat", "password" }, new HashSet<string>(options.RedactedNames));
        Assert.Equal(["10.0.0.0/8", "::1"], options.TrustedProxies);
        Assert.Equal((ForwardedHeader.Forwarded, true, RequestLogDestination.File), (options.ForwardedHeader, options.ExplainSlowQueries, options.Destination));
        Assert.Equal(("/tmp/x", 70_000L, 2), (options.FilePath, options.MaxFileBytes, options.KeptFiles));
    }

    [Theory]
    [InlineData("Enabled", "maybe", "true, false")]
    [InlineData("SuccessSampling", "1.5", "from 0 to 1")]
    [InlineData("SuccessSampling", "NaN", "from 0 to 1")]
    [InlineData("QueueCapacity", "5", "from 16")]
    [InlineData("SlowQuery", "soon", "seconds")]
    [InlineData("FlushInterval", "11", "10 seconds")]
    [InlineData("MaxValueLength", "-1", "whole number")]
    [InlineData("TrustedProxies", "10.0.0.0/33", "10.0.0.0/8")]
    [InlineData("TrustedProxies", "proxy", "an address or a network")]
    [InlineData("RedactedPatterns:0", "(a)\\1", "linear time")]
    [InlineData("RedactedNames", "--", "letter or digit")]
    [InlineData("Levels:bff_typo", "Debug", "bff_typo is no event")]
    [InlineData("MinimumLevel", "loud", "Information")]
    [InlineData("Destination", "File", "a path")]
    [InlineData("Enable", "true", "is not a setting")]
    public void Options_ThatCannotBe_StopTheStartAndAreNamed(string name, string value, string says)
    {
        var exception = Assert.Throws<OptionsValidationException>(() => Configured((name, value)));

        Assert.Contains("Larder:RequestLog:", exception.Message);
        Assert.Contains(says, exception.Message);
    }

    private static RequestLogOptions Configured(params (string Name, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create($"Larder:RequestLog:{setting.Name}", (string?)setting.Value)))
            .Build();
        using var services = new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddLarderRequestLog().BuildServiceProvider();
        return services.GetRequiredService<IOptions<RequestLogOptions>>().Value;
    }

    private static RequestLogRedaction Redaction(params string[] patterns)
    {
        var options = new RequestLogOptions();
        foreach (var pattern in patterns)
        {
            options.RedactedPatterns.Add(pattern);
        }

        return new RequestLogRedaction(options);
    }

    private static ClientAddress Clients(ForwardedHeader header)
    {
        var options = new RequestLogOptions { ForwardedHeader = header };
        options.TrustedProxies.Add("10.0.0.0/8");
        options.TrustedProxies.Add("fd00::/8");
        return new ClientAddress(options);
    }
}
