using Larder.Redis.Resp;

namespace Larder.Redis.Tests.Resp;

public sealed class PendingCommandTests
{
    private static readonly ReplyReader<Guid> Reader = static (ref RespReader _) => Guid.Empty;

    [Fact]
    public void Release_ByCallerAndConnection_MakesTheObjectFreeForTheNextCommand()
    {
        // No other test has results of this type, so the pool is this test's own.
        var first = PendingCommand<Guid>.Rent(Commands.Get, ["a"], Reader);
        first.Release();
        var second = PendingCommand<Guid>.Rent(Commands.Get, ["b"], Reader);
        Assert.NotSame(first, second);

        first.Release();
        Assert.Same(first, PendingCommand<Guid>.Rent(Commands.Get, ["c"], Reader));
    }

    [Fact]
    public void GetResult_OfATaskThatIsOver_ThrowsAndFreesNothing()
    {
        var command = PendingCommand<decimal>.Rent(Commands.Get, ["a"], static (ref RespReader _) => 1m);
        var task = command.Task;
        command.Fail(new RedisTimeoutException("late"));
        Assert.Throws<RedisTimeoutException>(() => task.GetAwaiter().GetResult());
        command.Release();

        Assert.Throws<InvalidOperationException>(() => task.GetAwaiter().GetResult());
        var next = PendingCommand<decimal>.Rent(Commands.Get, ["b"], static (ref RespReader _) => 2m);
        Assert.Same(command, next);
        Assert.NotSame(next, PendingCommand<decimal>.Rent(Commands.Get, ["c"], static (ref RespReader _) => 3m));
    }
}
