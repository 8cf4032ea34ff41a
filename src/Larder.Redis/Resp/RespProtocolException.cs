namespace Larder.Redis.Resp;

/// <summary>The server sent what is not RESP, or more than is allowed. The connection is out of step and is given up.</summary>
internal sealed class RespProtocolException(string message) : RedisException(message);
