using System.Net;
using Erp.Tests.Writes;
using Erp.Writes;
using Microsoft.AspNetCore.Http;

namespace Erp.Tests.Orders;

public sealed class IdempotencyTests(WritesTemplates templates)
{
    private const string Path = "/orders/create";
    private const string OneLamp = """{"customer_id":1,"items":[{"product_id":1,"quantity":1}]}""";
    private const string TwoLamps = """{"customer_id":1,"items":[{"product_id":1,"quantity":2}]}""";

    [Theory, InlineData(Db.Sqlite), InlineData(Db.PostgreSql)]
    public async Task Create_SameKeyAndBody_RepeatsTheFirstAnswerAndChangesNothing(Db database)
    {
        await using var host = await WritesHost.StartAsync(templates, database);
        var first = await host.PostAsync(Path, OneLamp, "a key");
        var before = await host.ContentAsync();
        host.Clock.Advance(TimeSpan.FromHours(23));

        var second = await host.PostAsync(Path, OneLamp, "a key");

        Assert.Equal(HttpStatusCode.Created, second.Expect(HttpStatusCode.Created).Status);
        Assert.Equal(first.Text, second.Text);
        Assert.Equal(first.Headers["Location"], second.Headers["Location"]);
        Assert.False(first.Headers.ContainsKey("Idempotency-Replayed"));
        Assert.Equal("true", second.Headers["Idempotency-Replayed"]);
        Assert.Equal(before, await host.ContentAsync());
    }

    [Theory, InlineData(Db.Sqlite), InlineData(Db.PostgreSql)]
    public async Task Create_SameRequestSpelledOtherwise_IsTheSame(Db database)
    {
        await using var host = await WritesHost.StartAsync(templates, database);
        await host.PostAsync(Path, OneLamp, "k");

        var second = await host.PostAsync(Path, """{ "items": [ { "quantity": 1, "product_id": 1 } ], "notes": null, "customer_id": 1 }""", "k");

        Assert.Equal("true", second.Expect(HttpStatusCode.Created).Headers["Idempotency-Replayed"]);
    }

    [Theory, InlineData(Db.Sqlite), InlineData(Db.PostgreSql)]
    public async Task Create_SameKeyAndAnotherBody_Is422(Db database)
    {
        await using var host = await WritesHost.StartAsync(templates, database);
        await host.PostAsync(Path, OneLamp, "k");

        await host.RefusedAsync(HttpStatusCode.UnprocessableEntity, HttpMethod.Post, Path, TwoLamps, "k");
    }

    [Theory, InlineData(Db.Sqlite), InlineData(Db.PostgreSql)]
    public async Task Create_TenAtOnceWithOneKey_MakeOneOrderAndOneAnswer(Db database)
    {
        await using var host = await WritesHost.StartAsync(templates, database);

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => host.PostAsync(Path, OneLamp, "k")));

        Assert.Single(answers.Select(answer => answer.Expect(HttpStatusCode.Created).Text).Distinct());
        Assert.Single(answers, answer => !answer.Headers.ContainsKey("Idempotency-Replayed"));
        Assert.Equal(1, await host.ValueAsync<long>("SELECT count(*) FROM orders"));
    }

    [Theory, InlineData(Db.Sqlite), InlineData(Db.PostgreSql)]
    public async Task Create_RefusedWithAKey_LeavesTheKeyFree(Db database)
    {
        await using var host = await WritesHost.StartAsync(templates, database);
        await host.RefusedAsync(
            HttpStatusCode.Conflict, HttpMethod.Post, Path, """{"customer_id":1,"items":[{"product_id":1,"quantity":900}]}""", "k");

        var corrected = await host.PostAsync(Path, OneLamp, "k");

        Assert.False(corrected.Expect(HttpStatusCode.Created).Headers.ContainsKey("Idempotency-Replayed"));
    }

    [Theory, InlineData(Db.Sqlite), InlineData(Db.PostgreSql)]
    public async Task Create_SameKeyADayLater_IsANewOrder(Db database)
    {
        await using var host = await WritesHost.StartAsync(templates, database);
        await host.PostAsync(Path, OneLamp, "k");
        host.Clock.Advance(TimeSpan.FromHours(24));

        var later = await host.PostAsync(Path, TwoLamps, "k");

        Assert.Equal(2, later.Expect(HttpStatusCode.Created).Body.GetProperty("order").GetProperty("id").GetInt64());
    }

    [Theory, InlineData(Db.Sqlite), InlineData(Db.PostgreSql)]
    public async Task Create_MoreThanAStepOfOldKeys_ArePurgedAHundredAtATime(Db database)
    {
        await using var host = await WritesHost.StartAsync(templates, database);
        for (var i = 0; i < 130; i++)
            await host.ValueAsync<long>(
                "INSERT INTO idempotency_keys (endpoint, key, request_hash, created_at) VALUES ('x', @key, 'h', @At) RETURNING 1",
                new { key = $"old {i}", At = host.Clock.GetUtcNow() - TimeSpan.FromHours(25) });

        await host.PostAsync(Path, OneLamp, "k1");
        var afterOne = await host.ValueAsync<long>("SELECT count(*) FROM idempotency_keys WHERE endpoint = 'x'");
        await host.PostAsync(Path, OneLamp, "k2");

        Assert.Equal(30, afterOne);
        Assert.Equal(2, await host.ValueAsync<long>("SELECT count(*) FROM idempotency_keys"));
    }

    [Theory, InlineData(Db.Sqlite), InlineData(Db.PostgreSql)]
    public async Task Create_KeyOfTheWrongForm_Is400(Db database)
    {
        await using var host = await WritesHost.StartAsync(templates, database);

        foreach (var key in (string[])[new string('k', 256), "tab\there", "é"])
        {
            var answer = await host.RefusedAsync(HttpStatusCode.BadRequest, HttpMethod.Post, Path, OneLamp, key);
            Assert.Contains("printable ASCII", answer.ErrorsOf("Idempotency-Key"), StringComparison.Ordinal);
        }
        (await host.PostAsync(Path, OneLamp, new string('k', 255))).Expect(HttpStatusCode.Created);
    }

    // The test server leaves out a header without content, so this one goes past it.
    [Fact]
    public void Read_EmptyOrRepeatedKey_IsRefused()
    {
        foreach (var values in (string[][])[[""], ["a", "b"]])
        {
            var http = new DefaultHttpContext();
            http.Request.Headers["Idempotency-Key"] = values;
            Assert.Equal(400, Assert.Throws<RequestRefusedException>(() => IdempotencyKey.Read(http.Request)).StatusCode);
        }
    }

    [Theory, InlineData(Db.Sqlite), InlineData(Db.PostgreSql)]
    public async Task Create_NoKey_TakesEveryOrder(Db database)
    {
        await using var host = await WritesHost.StartAsync(templates, database);

        await host.PostAsync(Path, OneLamp);
        await host.PostAsync(Path, OneLamp);

        Assert.Equal(2, await host.ValueAsync<long>("SELECT count(*) FROM orders"));
    }
}
