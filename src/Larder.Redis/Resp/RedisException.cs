namespace Larder.Redis.Resp;

/// <summary>What went wrong between this process and Redis.</summary>
internal abstract class RedisException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The command has no answer because there is no connection, or it broke. Whether the server executed the command is not known.</summary>
internal sealed class RedisConnectionException(string message, Exception? inner = null) : RedisException(message, inner);

/// <summary>The answer did not come within the time limit. Whether the server executed the command is not known.</summary>
internal sealed class RedisTimeoutException(string message) : RedisException(message);

/// <summary>As many commands as are allowed wait for this server already. The command was not sent.</summary>
internal sealed class RedisQueueFullException(int capacity) : RedisException($"{capacity} commands wait for Redis already; the command was not sent.");

/// <summary>The answer is well formed but not of the shape that the command should have. The connection is in step.</summary>
internal sealed class RedisReplyException(string message) : RedisException(message);
