using Larder.Redis.Resp;

namespace Larder.Redis.Tests.Resp;

/// <summary>What is measured for the whole process, so that nothing else may run beside it.</summary>
[CollectionDefinition(DisableParallelization = true)]
public sealed class RunsAlone;

[Collection<RunsAlone>]
public sealed class AllocationTests
{
    [Fact]
    public async Task ExecuteAsync_OverAndOver_AllocatesNothingForACommand()
    {
        var (connection, peer) = await FakePeer.ConnectAsync();
        await using var _ = connection;
        await using var __ = peer;
        const int Warm = 2_000;
        const int Count = 20_000;
        var server = Task.Run(async () => await peer.EchoOkAsync(Warm + Count));
        await RunAsync(Warm);
        var before = GC.GetTotalAllocatedBytes(precise: true);
        await RunAsync(Count);
        var perCommand = (GC.GetTotalAllocatedBytes(precise: true) - before) / Count;
        await server.Soon();

        // A task for each command would be above 100 bytes, and a command more.
        Assert.InRange(perCommand, 0, 64);

        async Task RunAsync(int count)
        {
            for (var i = 0; i < count; i++)
            {
                await connection.ExecuteAsync(Commands.Get, ["k"], RespReplies.Done, Timeout.InfiniteTimeSpan, CancellationToken.None);
            }
        }
    }
}
