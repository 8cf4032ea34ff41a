namespace Larder.Tests.Simulation;

/// <summary>How many answers of each kind were checked.</summary>
internal sealed class SimulationCounts
{
    internal int Hits { get; set; }

    internal int Stale { get; set; }

    internal int Loaded { get; set; }

    internal int Joined { get; set; }

    internal int AskedAgain { get; set; }

    internal int PastTheCache { get; set; }

    internal int Writes { get; set; }

    internal void Add(SimulationCounts other)
    {
        Hits += other.Hits;
        Stale += other.Stale;
        Loaded += other.Loaded;
        Joined += other.Joined;
        AskedAgain += other.AskedAgain;
        PastTheCache += other.PastTheCache;
        Writes += other.Writes;
    }

    public override string ToString() =>
        $"{Hits} hits, {Stale} stale, {Loaded} loaded, {Joined} joined, {AskedAgain} asked again, {PastTheCache} past the cache, {Writes} writes";
}
