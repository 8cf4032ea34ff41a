namespace Larder.Bench.Hits;

/// <summary>One way of reading a cached value, many times in a row.</summary>
internal abstract class HitLoop(string name)
{
    public string Name => name;

    /// <summary>Reads so many keys, each a hit, beginning somewhere. A sum of what was read, so that nothing is optimized away.</summary>
    public abstract long Run(int start, int reads);
}

/// <summary>Arithmetic alone: what two threads give when they share nothing.</summary>
internal sealed class SpinLoop() : HitLoop("spin loop")
{
    private const int StepsOfRead = 24;

    public override long Run(int start, int reads)
    {
        var state = (ulong)start + 1;
        for (var i = 0; i < reads; i++)
        {
            for (var step = 0; step < StepsOfRead; step++)
            {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
            }
        }

        return (long)state;
    }
}

/// <summary>Reads keys in a fixed shuffled order; the order and the strings are the same for all.</summary>
internal abstract class KeyedLoop(string name, string[] keys) : HitLoop(name)
{
    private protected abstract long Read(string key);

    public sealed override long Run(int start, int reads)
    {
        var (sum, at) = (0L, start % keys.Length);
        for (var i = 0; i < reads; i++)
        {
            sum += Read(keys[at]);
            at = at + 1 == keys.Length ? 0 : at + 1;
        }

        return sum;
    }
}
