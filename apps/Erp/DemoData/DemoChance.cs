namespace Erp.DemoData;

/// <summary>A seeded source of chance. Every part of the generator has its own, so that a change in one leaves the others as they are.</summary>
internal sealed class DemoChance(int seed)
{
    private readonly Random _random = new(seed);

    public T Pick<T>(IReadOnlyList<T> from) => from[_random.Next(from.Count)];

    /// <summary>A number from <paramref name="from"/> to <paramref name="to"/>, both included.</summary>
    public int Between(int from, int to) => _random.Next(from, to + 1);

    public bool Happens(int percent) => _random.Next(100) < percent;

    /// <summary>A position below <paramref name="count"/>, lower ones more often.</summary>
    public int Skewed(int count)
    {
        var u = _random.NextDouble();
        return (int)(count * u * u);
    }

    public double Fraction() => _random.NextDouble();
}
