using Larder.Redis.Resp;

namespace Larder.Redis.Tests.Resp;

/// <summary>Callers that give up at any moment on connections that break at any moment: nobody gets another's answer, and no memory is sent after it was freed.</summary>
public sealed class FaultTests
{
    private const int Callers = 16;
    private const byte Freed = 0xff;

    private static readonly RespVerb Echo = new("ECHO");
    private static readonly int[] Paddings = [0, 10, 1_000, 20_000, 70_000];

    [Fact]
    public async Task Channel_CancellationsTimeLimitsAndKilledConnectionsAtOnce_MixesNothingUp()
    {
        var rounds = Environment.GetEnvironmentVariable("LARDER_TEST_MODE") == "long" ? 5_000 : 300;
        await using var redis = await TestRedis.StartAsync();
        var settings = redis.Settings with { FirstBackOff = TimeSpan.FromMilliseconds(1), MaxBackOff = TimeSpan.FromMilliseconds(2) };
        await using var channel = new RespChannel(new(settings, TimeProvider.System), new Random(1));
        await using var admin = await redis.ConnectAsync();
        var answered = 0;
        var failed = 0;
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            var random = new Random(caller);
            for (var i = 0; i < rounds; i++)
            {
                if (await TryAsync(cancellation => EchoAsync(channel, $"{caller}-{i}-", random, cancellation), random)
                    & await TryAsync(cancellation => SetAsync(channel, caller, i, random, cancellation), random))
                {
                    Interlocked.Increment(ref answered);
                }
                else
                {
                    Interlocked.Increment(ref failed);
                }

                if (caller == 0 && i % 10 == 5)
                {
                    await admin.RunAsync("CLIENT KILL", "TYPE", "normal", "SKIPME", "yes");
                }
            }
        })));

        // The test is worth something only if both were frequent.
        Assert.InRange(answered, Callers * rounds / 20, int.MaxValue);
        Assert.InRange(failed, Callers * rounds / 20, int.MaxValue);
        for (var caller = 0; caller < Callers; caller++)
        {
            using var value = await admin.Client().GetAsync($"value-{caller}");
            Assert.DoesNotContain(Freed, value!.Memory.ToArray());
        }
    }

    private static async Task EchoAsync(RespChannel channel, string start, Random random, CancellationToken cancellationToken)
    {
        var text = start + new string('x', Paddings[random.Next(Paddings.Length)]);
        var limit = random.Next(4) == 0 ? TimeSpan.FromMilliseconds(random.Next(1, 10)) : TimeSpan.FromSeconds(20);

        Assert.Equal(text, await channel.ExecuteAsync(Echo, [text], RespReplies.Text, limit, cancellationToken));
    }

    // What a caller may do as soon as its task has completed, however it did: use the memory for something else.
    private static async Task SetAsync(RespChannel channel, int caller, int round, Random random, CancellationToken cancellationToken)
    {
        var value = new byte[Paddings[random.Next(Paddings.Length)] + 1];
        value.AsSpan().Fill((byte)(round % 200));
        try
        {
            await channel.Client().SetAsync($"value-{caller}", value, duration: null, cancellationToken);
        }
        finally
        {
            value.AsSpan().Fill(Freed);
        }
    }

    private static async Task<bool> TryAsync(Func<CancellationToken, Task> command, Random random)
    {
        using var cancel = new CancellationTokenSource();
        var task = command(cancel.Token);
        if (random.Next(4) == 0)
        {
            if (random.Next(2) == 0)
            {
                await Task.Yield();
            }

            await cancel.CancelAsync();
        }

        try
        {
            await task;
            return true;
        }
        catch (Exception exception) when (exception is OperationCanceledException or RedisTimeoutException or RedisConnectionException)
        {
            return false;
        }
    }
}
