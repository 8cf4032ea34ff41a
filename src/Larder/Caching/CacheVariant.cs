namespace Larder.Caching;

/// <summary>What a lookup does with the store. Only lookups of one variant share a load: who asked not to read must not get an old load.</summary>
[Flags]
internal enum CacheVariant
{
    None = 0,
    NoRead = 1,
    NoWrite = 2,
}
