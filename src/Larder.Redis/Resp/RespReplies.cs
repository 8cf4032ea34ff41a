namespace Larder.Redis.Resp;

/// <summary>How results are taken from answers.</summary>
internal static class RespReplies
{
    /// <summary>Whatever it is, no error.</summary>
    public static readonly ReplyReader<bool> Anything = static (ref RespReader _) => true;

    /// <summary>A string in memory of the pool; null: there is none. Large ones are read from the socket to where they stay.</summary>
    public static readonly ReplyReader<PooledBytes?> Bytes = static (ref RespReader reader) =>
        reader.IsNull ? null
        : reader.Type is RespType.Bulk or RespType.SimpleString ? PooledBytes.CopyOf(reader.Value)
        : throw reader.Unexpected("a string");

    public static readonly ReplyReader<string> Text = static (ref RespReader reader) => reader.GetString();

    public static readonly ReplyReader<long> Integer = static (ref RespReader reader) => reader.GetInteger();

    public static readonly ReplyReader<long?> OptionalInteger = static (ref RespReader reader) => reader.IsNull ? null : reader.GetInteger();

    /// <summary>True: done. False: a condition of the command did not hold.</summary>
    public static readonly ReplyReader<bool> Done = static (ref RespReader reader) => !reader.IsNull;

    /// <summary>The answer as it is, errors in aggregates included.</summary>
    public static readonly ReplyReader<RespReply> Tree = static (ref RespReader reader) => RespReply.Read(ref reader);
}
