namespace Larder.Bench.HitRatio;

/// <summary>A cache of keys of one size, as far as its hit ratio goes. Keys are 0, 1, 2, … in order of first appearance.</summary>
internal interface IReplacementPolicy
{
    /// <summary>Asks for the key, and takes it in when it is not there. Whether it was.</summary>
    bool Use(int key);
}
