using System.Globalization;

namespace Larder.Redis.Resp;

/// <summary>Results of commands whose answers have a shape of their own.</summary>
internal static class RedisReplies
{
    public static readonly ReplyReader<ScanPage> Scan = static (ref RespReader reader) =>
    {
        if (reader.Type != RespType.Array || reader.Count != 2)
        {
            throw reader.Unexpected("a cursor and keys");
        }

        // The cursor is an unsigned number of 64 bits.
        var text = reader.ReadString();
        if (!ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var cursor))
        {
            throw reader.Unexpected("a cursor");
        }

        var keys = new byte[reader.ReadAggregate()][];
        for (var i = 0; i < keys.Length; i++)
        {
            reader.Read();
            keys[i] = reader.GetBytes();
        }

        return new(cursor, keys);
    };

    /// <summary>XRANGE.</summary>
    public static readonly ReplyReader<StreamEntry[]> Entries = static (ref RespReader reader) => ReadEntries(ref reader);

    /// <summary>XREAD of one stream: a map with that one stream, or null when nothing came.</summary>
    public static readonly ReplyReader<StreamEntry[]> EntriesOfOneStream = static (ref RespReader reader) =>
    {
        if (reader.IsNull)
        {
            return [];
        }

        if (reader.Type != RespType.Map || reader.Count != 2)
        {
            throw reader.Unexpected("one stream");
        }

        reader.Read();
        reader.Read();
        return ReadEntries(ref reader);
    };

    private static StreamEntry[] ReadEntries(ref RespReader reader)
    {
        if (reader.Type != RespType.Array)
        {
            throw reader.Unexpected("entries");
        }

        var entries = new StreamEntry[reader.Count];
        for (var i = 0; i < entries.Length; i++)
        {
            if (reader.ReadAggregate() != 2 || !StreamId.TryParse(reader.ReadString(), out var id))
            {
                throw reader.Unexpected("an entry");
            }

            entries[i] = new(id, ReadFields(ref reader));
        }

        return entries;
    }

    private static byte[][] ReadFields(ref RespReader reader)
    {
        reader.Read();
        if (reader.IsNull)
        {
            // The entry was deleted after it was delivered.
            return [];
        }

        var fields = reader.Type == RespType.Array ? new byte[reader.Count][] : throw reader.Unexpected("fields");
        for (var i = 0; i < fields.Length; i++)
        {
            reader.Read();
            fields[i] = reader.GetBytes();
        }

        return fields;
    }
}

/// <summary>Some keys of a scan.</summary>
/// <param name="Cursor">Where to go on; 0: the scan is over.</param>
/// <param name="Keys">There may be none though the scan is not over, and a key may come twice.</param>
internal sealed record ScanPage(ulong Cursor, IReadOnlyList<byte[]> Keys);
