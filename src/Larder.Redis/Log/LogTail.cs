using System.Globalization;
using System.Runtime.InteropServices;
using Larder.Redis.Resp;

namespace Larder.Redis.Log;

/// <summary>A place in the log that the server has vouched for: the last record there was, or the one that was just appended.</summary>
/// <param name="Epoch">The life of the log.</param>
/// <param name="Seq">The record's number in it, from 1.</param>
/// <param name="Id">Where the stream keeps the record.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct LogTail(ulong Epoch, long Seq, StreamId Id)
{
    /// <summary>What the script answers with.</summary>
    public static readonly ReplyReader<LogTail> Reader = static (ref RespReader reader) =>
        reader.Type == RespType.Array
        && reader.Count == 3
        && TryParseEpoch(reader.ReadString(), out var epoch)
        && TryParseSeq(reader.ReadString(), out var seq)
        && StreamId.TryParse(reader.ReadString(), out var id)
            ? new(epoch, seq, id)
            : throw reader.Unexpected("an epoch, a position and an ID");

    public static string EpochText(ulong epoch) => epoch.ToString("x16", CultureInfo.InvariantCulture);

    public static bool TryParseEpoch(ReadOnlySpan<char> text, out ulong epoch) =>
        ulong.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out epoch) && epoch != 0;

    public static bool TryParseSeq(ReadOnlySpan<char> text, out long seq) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out seq) && seq > 0;
}
