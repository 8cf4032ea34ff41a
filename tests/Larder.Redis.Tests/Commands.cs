using Larder.Redis.Resp;

namespace Larder.Redis.Tests;

/// <summary>Short forms of commands for tests.</summary>
internal static class Commands
{
    public static readonly RespVerb Get = new("GET");
    private static readonly TimeSpan Patient = TimeSpan.FromSeconds(20);

    public static RedisClient Client(this IRespExecutor executor) => new(executor, Patient);

    public static Task<string?> GetTextAsync(this IRespExecutor executor, string key, TimeSpan? limit = null, CancellationToken cancellationToken = default) =>
        executor.ExecuteAsync(
            Get, [key], static (ref RespReader reader) => reader.IsNull ? null : reader.GetString(), limit ?? Patient, cancellationToken).AsTask().Soon();

    public static Task<RespReply> RunAsync(this IRespExecutor executor, string verb, params RespArgument[] arguments) =>
        executor.ExecuteAsync(new RespVerb(verb), arguments, RespReplies.Tree, Patient, CancellationToken.None).AsTask().Soon();
}
