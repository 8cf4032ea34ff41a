using System.Text;
using System.Text.Json.Nodes;
using Larder.Caching;
using Larder.Freshness;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Larder.Tests.AspNetCore.Management;

public sealed class InvalidationEndpointTests : IAsyncLifetime
{
    private const string Invalidate = "/api/v2/cache/invalidate";
    private const string ManagementInvalidate = "/api/advanced-cache/management/invalidate";

    private ManagementHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await ManagementHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData(Invalidate)]
    [InlineData(ManagementInvalidate)]
    public async Task Invalidate_ByKeyTagAndPattern_SaysHowManyWereDropped(string path)
    {
        Set("key:1", "red");
        Set("key:2", "red");
        Set("key:3", "blue");

        var key = await _host.PostAsync(path, """{"key":"key:1","reason":"a test"}""");
        var tag = await _host.PostAsync(path, """{"tag":"red"}""");
        var pattern = await _host.PostAsync(path, """{"pattern":"key:*"}""");
        var nothing = await _host.PostAsync(path, """{"pattern":"key:*"}""");

        Assert.Equal("""{"success":true,"message":"Dropped 1 cached entry.","dropped":1,"is_complete":true}""", key.ToJsonString());
        Assert.Equal((1, 1, 0), ((int)tag["dropped"]!, (int)pattern["dropped"]!, (int)nothing["dropped"]!));
        Assert.False(_host.Web.Cache.TryGet<string>("key:3", out _));
        Assert.Equal(4, _host.Messages.Count);
        Assert.Equal("anonymous at 127.0.0.1 invalidated key key:1: 1 entries dropped (a test)", _host.Messages[0]);
    }

    [Fact]
    public async Task Invalidate_ByKeyOfASection_DropsWhatWasComposedOfIt()
    {
        await _host.AskAsync("/products/1");
        var key = (string)(await _host.GetAsync("/api/v2/cache/entries?pattern=*product/reviews*"))["data"]!["entries"]![0]!["key"]!;

        var answer = await _host.PostAsync(Invalidate, new JsonObject { ["key"] = key }.ToJsonString());

        Assert.Equal(2, (int)answer["dropped"]!);
        Assert.StartsWith("Larder; fwd=stale", await _host.StatusAsync("/products/1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Invalidate_ByRow_DropsWhatReadItAndNothingElse()
    {
        await _host.AskAsync("/products/1", "/products/3");
        var before = _host.Database.CountOf("FROM products WHERE id");

        // A change that went past Larder.
        _host.Database.Execute("UPDATE products SET name = 'Mallet' WHERE id = 1");
        Assert.StartsWith("Larder; hit", await _host.StatusAsync("/products/1"), StringComparison.Ordinal);
        var answer = await _host.PostAsync(Invalidate, """{"entity":{"table":"products","key":{"id":1}}}""");

        Assert.True((int)answer["dropped"]! >= 2);
        var (_, body) = await _host.Web.GetAsync("/products/1");
        Assert.Equal("Mallet", (string)JsonNode.Parse(body)!["data"]!["product"]!["name"]!);
        await _host.AskAsync("/products/3");
        Assert.Equal(before + 1, _host.Database.CountOf("FROM products WHERE id"));
        Assert.Contains("row of products where id = 1", _host.Messages[^1]);
    }

    [Theory]
    [InlineData("{}", null, "exactly one")]
    [InlineData("", null, "exactly one")]
    [InlineData("""{"key":"a","tag":"b"}""", null, "exactly one")]
    [InlineData("""{"key":null}""", null, "exactly one")]
    [InlineData("""{"key":""}""", "key", "1 to 1024")]
    [InlineData("""{"tag":""}""", "tag", "1 to 1024")]
    [InlineData("""{"pattern":""}""", "pattern", "1 to 256")]
    [InlineData("""{"key":5}""", "key", "another type")]
    [InlineData("""{"key":["a"]}""", "key", "another type")]
    [InlineData("""{"colour":"red"}""", "colour", "is not known here; what may be said is key, tag, pattern, entity, reason.")]
    [InlineData("""{"entity":{"table":"products","key":{"id":1},"colour":1}}""", "entity.colour", "is not known here")]
    [InlineData("""{"entity":{"table":"products","key":5}}""", "entity.key", "another type")]
    [InlineData("""{"entity":{"table":"nowhere","key":{"id":1}}}""", "entity.table", "has no table")]
    [InlineData("""{"entity":{"table":"products","key":{"colour":1}}}""", "entity.key", "not told apart by 'colour'")]
    [InlineData("""{"key":"a","key":"b"}""", null, "twice")]
    [InlineData("[1]", null, "one JSON object")]
    [InlineData("null", null, "one JSON object")]
    [InlineData("\"key\"", null, "one JSON object")]
    [InlineData("{", null, "one JSON object")]
    [InlineData("{\"key\":\"a\"}{", null, "one JSON object")]
    [InlineData("{'key':'a'}", null, "one JSON object")]
    [InlineData("\0\0\0", null, "one JSON object")]
    [InlineData("""{"entity":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":1}}}}}}}}}""", null, "levels deep")]
    public async Task Invalidate_WithABodyThatIsWrong_IsRefusedClearly(string body, string? member, string detail)
    {
        Set("key:1", "red");

        var problem = await _host.PostAsync(Invalidate, body, 400);

        Assert.Contains(detail, (string)problem["detail"]!);
        Assert.DoesNotContain("Larder.", (string)problem["detail"]!);
        Assert.True(member is null || problem["errors"]?[member] is not null, problem.ToJsonString());
        Assert.True(_host.Web.Cache.TryGet<string>("key:1", out _));
        Assert.Empty(_host.Messages);
    }

    [Fact]
    public async Task Invalidate_WithALargeBody_IsRefusedUnread()
    {
        var large = $$"""{"reason":"{{new string('x', 64 * 1024)}}"}""";
        await _host.PostAsync(Invalidate, large, 413);

        // Without its length, and without an end.
        using var request = new HttpRequestMessage(HttpMethod.Post, Invalidate) { Content = new EndlessContent() };
        request.Headers.TransferEncodingChunked = true;
        using var response = await _host.Web.Client.SendAsync(request, TestContext.Current.CancellationToken).Soon();
        Assert.Equal(413, (int)response.StatusCode);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    public async Task Invalidate_AsAFormWouldSendIt_IsRefused(string type)
    {
        Set("key:1", "red");

        await _host.PostAsync(Invalidate, """{"pattern":"*"}""", 415, type);

        Assert.True(_host.Web.Cache.TryGet<string>("key:1", out _));
    }

    [Theory]
    [InlineData("key")]
    [InlineData("tag")]
    [InlineData("pattern")]
    [InlineData("reason")]
    public async Task Invalidate_WithLineBreaks_WritesOneLineToTheLogAndNoHeader(string member)
    {
        const string Evil = "a\r\nSet-Cookie: x=1\r\n\u001b[2J\u2028root at 10.0.0.1 invalidated nothing";
        var body = new JsonObject { [member] = Evil };
        if (member == "reason")
        {
            body["key"] = "a";
        }

        using var response = await _host.SendAsync(Invalidate, body.ToJsonString());

        Assert.Equal(200, (int)response.StatusCode);
        Assert.False(response.Headers.Contains("Set-Cookie"));
        var line = Assert.Single(_host.Messages);
        Assert.DoesNotContain(line, character => char.IsControl(character) || character == '\u2028');
    }

    [Fact]
    public async Task Invalidate_WithTheLogAway_SaysThatOtherNodesHaveNotHeard()
    {
        await using var host = await ManagementHost.StartAsync(configure: static services => services.Replace(ServiceDescriptor.Singleton<IInvalidationLog>(new AwayLog())));

        var answer = await host.PostAsync(Invalidate, """{"key":"a"}""");
        var (_, ready) = await host.Web.GetAsync("/health/ready");

        Assert.False((bool)answer["is_complete"]!);
        Assert.Contains("other nodes", (string)answer["message"]!);
        Assert.Equal("""{"status":"degraded","reasons":["invalidation_log_unreachable"]}""", ready);
    }

    [Fact]
    public async Task Invalidate_ByGet_IsNotAllowed()
    {
        var (response, _) = await _host.Web.GetAsync($"{Invalidate}?pattern=*");

        Assert.Equal(405, (int)response.StatusCode);
    }

    private void Set(string key, string tag) => _host.Web.Cache.Set(key, "value", _host.Web.Cache.GetPolicy(CachePolicies.Default), [tag]);

    private sealed class AwayLog : IInvalidationLog
    {
        public ValueTask<WriteToken> AppendAsync(WriteSet writes) => throw new InvalidOperationException("away");
    }

    private sealed class EndlessContent : HttpContent
    {
        public EndlessContent() => Headers.ContentType = new("application/json");

        protected override async Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context)
        {
            // As much as anybody would take, if it were taken.
            for (var i = 0; i < 64; i++)
            {
                await stream.WriteAsync(Encoding.UTF8.GetBytes(new string(' ', 16 * 1024)));
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
