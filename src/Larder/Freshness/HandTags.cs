namespace Larder.Freshness;

/// <summary>The tags of the application's own words and of cache keys. The names begin with a character no SQL name has, so that they meet no tag of a table.</summary>
internal static class HandTags
{
    private static readonly ulong WordPrefix = Tag.Prefix("\u0001word\u0001");
    private static readonly ulong KeyPrefix = Tag.Prefix("\u0001key\u0001");

    internal static Tag Word(ReadOnlySpan<char> word) => Tag.Fine(WordPrefix, word);

    /// <summary>Every entry carries it, so that its removal reaches what was composed of it and every other node.</summary>
    internal static Tag Key(ReadOnlySpan<char> key) => Tag.Fine(KeyPrefix, key);
}
