namespace Larder.Bench.Workload;

/// <summary>What the writes of one kind did to the cached entries of one section.</summary>
internal sealed record InvalidationCount(string Write, string Section)
{
    /// <summary>Entries that were fresh before a write and not after it.</summary>
    public int Invalidated { get; set; }

    /// <summary>Those of them whose value really was another.</summary>
    public int Changed { get; set; }
}

/// <summary>Counts invalidated entries by kind of write and section.</summary>
internal sealed class InvalidationTally
{
    private readonly Dictionary<(string Write, string Section), InvalidationCount> _counts = [];

    public IEnumerable<InvalidationCount> Counts => _counts.Values.OrderBy(count => count.Write, StringComparer.Ordinal).ThenByDescending(count => count.Invalidated);

    public int Invalidated => _counts.Values.Sum(count => count.Invalidated);

    public int Changed => _counts.Values.Sum(count => count.Changed);

    /// <summary>Null: nothing was invalidated.</summary>
    public double? ChangedShare => Invalidated == 0 ? null : (double)Changed / Invalidated;

    public void Add(string write, string section, bool isChanged)
    {
        if (!_counts.TryGetValue((write, section), out var count))
        {
            _counts.Add((write, section), count = new InvalidationCount(write, section));
        }

        count.Invalidated++;
        count.Changed += isChanged ? 1 : 0;
    }

    /// <summary>Sums by kind of write.</summary>
    public IEnumerable<InvalidationCount> ByWrite() => _counts.Values
        .GroupBy(count => count.Write, StringComparer.Ordinal)
        .Select(group => new InvalidationCount(group.Key, "all") { Invalidated = group.Sum(count => count.Invalidated), Changed = group.Sum(count => count.Changed) })
        .OrderBy(count => count.Write, StringComparer.Ordinal);
}
