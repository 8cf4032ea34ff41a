using System.Text;

namespace Larder.Redis.Resp;

/// <summary>An answer of any shape, copied out of the connection's memory. For commands that are not on a hot path.</summary>
internal sealed class RespReply
{
    private readonly byte[] _value;

    private RespReply(RespType type, byte[] value, RespReply[] items) => (Type, _value, Items) = (type, value, items);

    public RespType Type { get; }

    /// <summary>The elements of an aggregate; in a map, keys and values in turn.</summary>
    public IReadOnlyList<RespReply> Items { get; }

    public bool IsNull => Type == RespType.Null;

    public bool IsError => Type is RespType.Error or RespType.BlobError;

    /// <summary>The bytes of a scalar; numbers and booleans in their form on the wire.</summary>
    public ReadOnlyMemory<byte> Bytes => _value;

    public string Text => Encoding.UTF8.GetString(_value);

    /// <exception cref="RedisReplyException">The value is no integer.</exception>
    public long Integer => long.TryParse(_value, out var number) ? number : throw new RedisReplyException($"The server answered with {Type} where an integer was expected.");

    /// <summary>Reads the value that the reader stands on, with all it contains.</summary>
    internal static RespReply Read(ref RespReader reader)
    {
        if (reader.Type is not (RespType.Array or RespType.Map or RespType.Set or RespType.Push))
        {
            return new(reader.Type, reader.IsNull ? [] : reader.GetBytes(), []);
        }

        // The depth is bounded by the reader, so recursion is too.
        var type = reader.Type;
        var items = new RespReply[reader.Count];
        for (var i = 0; i < items.Length; i++)
        {
            reader.Read();
            items[i] = Read(ref reader);
        }

        return new(type, [], items);
    }
}
