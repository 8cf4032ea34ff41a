using System.Collections.Frozen;

namespace Larder.Freshness;

/// <summary>The tags of writes that happened, or may have happened, and are not in the log: whatever read them is neither served nor stored.</summary>
internal sealed class BypassedTags
{
    /// <summary>Beyond so many tags everything is bypassed.</summary>
    internal const int MaxTags = 16_384;

    private readonly FrozenSet<Tag> _tags;
    private readonly bool _everything;

    private BypassedTags(FrozenSet<Tag> tags, bool everything)
    {
        _tags = tags;
        _everything = everything;
    }

    internal static BypassedTags? Of(IReadOnlyCollection<WriteSet> writes)
    {
        if (writes.Count == 0)
        {
            return null;
        }

        var everything = writes.Any(write => write.IsAll) || writes.Sum(write => (long)write.Tags.Length) > MaxTags;
        return new(everything ? [] : writes.SelectMany(write => write.Tags).ToFrozenSet(), everything);
    }

    internal bool Contains(ReadOnlySpan<Tag> tags)
    {
        if (_everything)
        {
            return true;
        }

        foreach (var tag in tags)
        {
            if (_tags.Contains(tag))
            {
                return true;
            }
        }

        return false;
    }
}
