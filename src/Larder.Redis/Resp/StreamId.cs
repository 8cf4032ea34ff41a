using System.Globalization;
using System.Runtime.InteropServices;

namespace Larder.Redis.Resp;

/// <summary>The place of an entry in a stream of Redis.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct StreamId(ulong Milliseconds, ulong Sequence) : IComparable<StreamId>
{
    /// <summary>Before every entry.</summary>
    public static StreamId Zero => default;

    public static bool TryParse(ReadOnlySpan<char> text, out StreamId id)
    {
        id = default;
        var dash = text.IndexOf('-');
        if (dash < 0
            || !ulong.TryParse(text[..dash], NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds)
            || !ulong.TryParse(text[(dash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var sequence))
        {
            return false;
        }

        id = new(milliseconds, sequence);
        return true;
    }

    public int CompareTo(StreamId other) =>
        Milliseconds != other.Milliseconds ? Milliseconds.CompareTo(other.Milliseconds) : Sequence.CompareTo(other.Sequence);

    public override string ToString() => $"{Milliseconds}-{Sequence}";

    public static bool operator <(StreamId left, StreamId right) => left.CompareTo(right) < 0;

    public static bool operator >(StreamId left, StreamId right) => left.CompareTo(right) > 0;

    public static bool operator <=(StreamId left, StreamId right) => left.CompareTo(right) <= 0;

    public static bool operator >=(StreamId left, StreamId right) => left.CompareTo(right) >= 0;
}

/// <summary>An entry of a stream: its place, and names and values in turn.</summary>
internal sealed record StreamEntry(StreamId Id, IReadOnlyList<byte[]> Fields);
