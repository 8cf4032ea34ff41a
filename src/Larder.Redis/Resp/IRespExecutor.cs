namespace Larder.Redis.Resp;

/// <summary>Runs commands: a connection, a channel that mends its connection, or a node with several channels.</summary>
internal interface IRespExecutor
{
    /// <summary>Sends a command and takes its result from the answer.</summary>
    /// <param name="verb">The command's name.</param>
    /// <param name="arguments">Its arguments; see <see cref="RespArgument"/> for how long their bytes are needed.</param>
    /// <param name="reader">Takes the result from an answer that is no error. It runs between other answers, so it must be quick.</param>
    /// <param name="limit">How long the answer may take; infinite: for ever. A caller whose large argument is just being written is freed
    /// when the connection has let go of it.</param>
    /// <param name="cancellationToken">Frees the caller; the answer is then read and dropped.</param>
    /// <exception cref="RedisServerException">The server answered with an error.</exception>
    /// <exception cref="RedisTimeoutException">The answer did not come in time.</exception>
    /// <exception cref="RedisQueueFullException">Too many commands wait already.</exception>
    /// <exception cref="RedisConnectionException">There is no connection, or it broke.</exception>
    /// <exception cref="RedisReplyException">The answer is of another shape.</exception>
    ValueTask<T> ExecuteAsync<T>(
        RespVerb verb, ReadOnlySpan<RespArgument> arguments, ReplyReader<T> reader, TimeSpan limit, CancellationToken cancellationToken);
}
