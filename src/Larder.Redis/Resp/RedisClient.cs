namespace Larder.Redis.Resp;

/// <summary>
/// The commands that the second level and the invalidation log need, over a node, a channel or a connection. Each may throw what
/// <see cref="IRespExecutor.ExecuteAsync"/> says.
/// </summary>
/// <param name="executor">What runs the commands.</param>
/// <param name="limit">How long an answer may take.</param>
internal sealed class RedisClient(IRespExecutor executor, TimeSpan limit)
{
    private static readonly RespVerb Get = new("GET");
    private static readonly RespVerb Set = new("SET");
    private static readonly RespVerb Unlink = new("UNLINK");
    private static readonly RespVerb EvalSha = new("EVALSHA");
    private static readonly RespVerb Eval = new("EVAL");
    private static readonly RespVerb Scan = new("SCAN");
    private static readonly RespVerb Info = new("INFO");
    private static readonly RespVerb XRange = new("XRANGE");
    private static readonly RespVerb XRead = new("XREAD");
    private static readonly RespVerb Ping = new("PING");
    private static readonly RespVerb DbSize = new("DBSIZE");
    private static readonly RespVerb MemoryUsage = new("MEMORY USAGE");
    private static readonly RespVerb ClientId = new("CLIENT ID");

    /// <summary>The value in memory that the caller disposes; null: there is none.</summary>
    public ValueTask<PooledBytes?> GetAsync(RespArgument key, CancellationToken cancellationToken = default) =>
        executor.ExecuteAsync(Get, [key], RespReplies.Bytes, limit, cancellationToken);

    /// <param name="key">The key.</param>
    /// <param name="value">The value; large ones are sent from where they are.</param>
    /// <param name="duration">When it expires, in whole milliseconds, at least one; null: never.</param>
    /// <param name="cancellationToken">Frees the caller.</param>
    public ValueTask<bool> SetAsync(RespArgument key, RespArgument value, TimeSpan? duration, CancellationToken cancellationToken = default) =>
        duration is { } time
            ? executor.ExecuteAsync(Set, [key, value, "PX", Math.Max(1, (long)time.TotalMilliseconds)], RespReplies.Done, limit, cancellationToken)
            : executor.ExecuteAsync(Set, [key, value], RespReplies.Done, limit, cancellationToken);

    /// <summary>Removes keys; their memory is freed in the background of the server.</summary>
    /// <returns>How many there were.</returns>
    public ValueTask<long> UnlinkAsync(ReadOnlySpan<RespArgument> keys, CancellationToken cancellationToken = default) =>
        executor.ExecuteAsync(Unlink, keys, RespReplies.Integer, limit, cancellationToken);

    /// <summary>Runs a script.</summary>
    /// <param name="script">The script.</param>
    /// <param name="keys">What it knows as KEYS.</param>
    /// <param name="arguments">What it knows as ARGV.</param>
    /// <param name="reader">Takes the result.</param>
    /// <param name="cancellationToken">Frees the caller.</param>
    public async ValueTask<T> EvalAsync<T>(
        RedisScript script, RespArgument[] keys, RespArgument[] arguments, ReplyReader<T> reader, CancellationToken cancellationToken = default)
    {
        try
        {
            return await executor.ExecuteAsync(EvalSha, [script.Hash, keys.Length, .. keys, .. arguments], reader, limit, cancellationToken);
        }
        catch (RedisServerException exception) when (exception.Kind == RedisErrorKind.NoScript)
        {
            // The server has restarted or never seen it. EVAL runs it and keeps it.
            return await executor.ExecuteAsync(Eval, [script.Text, keys.Length, .. keys, .. arguments], reader, limit, cancellationToken);
        }
    }

    /// <param name="cursor">0 at first, then what the page before says.</param>
    /// <param name="pattern">Which keys, as Redis writes patterns.</param>
    /// <param name="count">How many keys the server looks at for one page.</param>
    /// <param name="cancellationToken">Frees the caller.</param>
    public ValueTask<ScanPage> ScanAsync(ulong cursor, RespArgument pattern, int count, CancellationToken cancellationToken = default) =>
        executor.ExecuteAsync(Scan, [cursor.ToString(), "MATCH", pattern, "COUNT", count], RedisReplies.Scan, limit, cancellationToken);

    /// <summary>What the server says about itself in one section, as text of lines <c>name:value</c>.</summary>
    public ValueTask<string> InfoAsync(string section, CancellationToken cancellationToken = default) =>
        executor.ExecuteAsync(Info, [section], RespReplies.Text, limit, cancellationToken);

    /// <summary>Entries of a stream from one ID to another, both of them included; "-" and "+" are the ends.</summary>
    public ValueTask<StreamEntry[]> XRangeAsync(RespArgument key, string first, string last, int count, CancellationToken cancellationToken = default) =>
        executor.ExecuteAsync(XRange, [key, first, last, "COUNT", count], RedisReplies.Entries, limit, cancellationToken);

    /// <summary>Entries of a stream after an ID.</summary>
    /// <param name="key">The stream.</param>
    /// <param name="after">What is known already.</param>
    /// <param name="count">The most entries.</param>
    /// <param name="block">How long to wait for one where there is none; null: not at all. Only on a channel that is used for nothing else,
    /// because everything behind it waits too.</param>
    /// <param name="cancellationToken">Frees the caller.</param>
    /// <returns>None: nothing came.</returns>
    public ValueTask<StreamEntry[]> XReadAsync(RespArgument key, StreamId after, int count, TimeSpan? block, CancellationToken cancellationToken = default) =>
        block is { } wait
            ? executor.ExecuteAsync(
                XRead,
                ["COUNT", count, "BLOCK", Math.Max(1, (long)wait.TotalMilliseconds), "STREAMS", key, after.ToString()],
                RedisReplies.EntriesOfOneStream,
                wait + limit,
                cancellationToken)
            : executor.ExecuteAsync(XRead, ["COUNT", count, "STREAMS", key, after.ToString()], RedisReplies.EntriesOfOneStream, limit, cancellationToken);

    public ValueTask<bool> PingAsync(CancellationToken cancellationToken = default) =>
        executor.ExecuteAsync(Ping, [], RespReplies.Anything, limit, cancellationToken);

    /// <summary>The keys of the database.</summary>
    public ValueTask<long> DbSizeAsync(CancellationToken cancellationToken = default) =>
        executor.ExecuteAsync(DbSize, [], RespReplies.Integer, limit, cancellationToken);

    /// <summary>The bytes that a key takes in the server; null: there is no such key.</summary>
    public ValueTask<long?> MemoryUsageAsync(RespArgument key, CancellationToken cancellationToken = default) =>
        executor.ExecuteAsync(MemoryUsage, [key], RespReplies.OptionalInteger, limit, cancellationToken);

    /// <summary>The server's number for the connection that the command ran on.</summary>
    public ValueTask<long> ClientIdAsync(CancellationToken cancellationToken = default) =>
        executor.ExecuteAsync(ClientId, [], RespReplies.Integer, limit, cancellationToken);

    /// <summary>Any other command.</summary>
    public ValueTask<RespReply> ExecuteAsync(RespVerb verb, ReadOnlySpan<RespArgument> arguments, CancellationToken cancellationToken = default) =>
        executor.ExecuteAsync(verb, arguments, RespReplies.Tree, limit, cancellationToken);
}
