namespace Larder.Tests.SqlAnalysis.Soundness;

/// <summary>Random choices that one seed repeats.</summary>
internal sealed class Dice(int seed)
{
    private readonly Random _random = new(seed);

    public int Below(int bound) => _random.Next(bound);

    public bool Chance(double probability) => _random.NextDouble() < probability;

    public T Of<T>(params ReadOnlySpan<T> items) => items[_random.Next(items.Length)];

    public T In<T>(IReadOnlyList<T> items) => items[_random.Next(items.Count)];

    /// <summary>A choice in proportion to the weights.</summary>
    public int Weighted(params ReadOnlySpan<int> weights)
    {
        var total = 0;
        foreach (var weight in weights)
            total += weight;
        var at = _random.Next(total);
        for (var i = 0; ; i++)
        {
            if ((at -= weights[i]) < 0)
                return i;
        }
    }
}
