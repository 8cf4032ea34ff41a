using System.Runtime.InteropServices;

namespace Larder.Caching;

/// <summary>What a removal by pattern did.</summary>
/// <param name="Keys">Keys that were removed, here and in the second level, each counted once for each search that found it.</param>
/// <param name="IsComplete">Whether no key that matches can be left.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct PatternRemoval(long Keys, bool IsComplete);
