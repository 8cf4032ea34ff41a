using Larder.Redis.Resp;
using Larder.Warming;
using Microsoft.Extensions.DependencyInjection;

namespace Larder.Redis.Tests.Log;

public sealed class RedisPopularStoreTests
{
    [Fact]
    public async Task Write_OnOneNode_IsReadByAnotherAndExpires()
    {
        await using var redis = await TestRedis.StartAsync();
        await using var one = Node(redis);
        await using var other = Node(redis);
        var (writer, reader) = (one.GetRequiredService<IPopularStore>(), other.GetRequiredService<IPopularStore>());
        var content = new byte[300_000];
        Random.Shared.NextBytes(content);

        Assert.Null(await reader.ReadAsync(CancellationToken.None));
        await writer.WriteAsync([1], CancellationToken.None);
        await writer.WriteAsync(content, CancellationToken.None);

        Assert.Equal(content, await reader.ReadAsync(CancellationToken.None));
        await using var admin = await redis.ConnectAsync();
        Assert.InRange((await admin.RunAsync("TTL", "{larder}:popular")).Integer, 6 * 86_400, 7 * 86_400);
    }

    [Fact]
    public async Task ReadAndWrite_RedisIsDead_SaySo()
    {
        await using var redis = await TestRedis.StartAsync();
        await redis.KillAsync();
        await using var node = Node(redis);

        await Assert.ThrowsAnyAsync<RedisException>(async () => await node.GetRequiredService<IPopularStore>().ReadAsync(CancellationToken.None));
        await Assert.ThrowsAnyAsync<RedisException>(async () => await node.GetRequiredService<IPopularStore>().WriteAsync([1], CancellationToken.None));
    }

    private static ServiceProvider Node(TestRedis redis) =>
        new ServiceCollection().AddLarderRedis(options => options.Url = $"redis://127.0.0.1:{redis.Port}").BuildServiceProvider();
}
