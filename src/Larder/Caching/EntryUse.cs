namespace Larder.Caching;

/// <summary>What a stored entry is good for, for one caller, now.</summary>
internal enum EntryUse
{
    None,
    Hit,

    /// <summary>A hit late in its life: the value is to be made anew meanwhile.</summary>
    HitAndRefresh,

    /// <summary>Expired or invalidated, and the policy lets it be served while it is made anew.</summary>
    StaleAndRefresh,

    /// <summary>Good only if making it anew fails.</summary>
    IfLoadFails,
}
