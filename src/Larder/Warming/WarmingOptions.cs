namespace Larder.Warming;

/// <summary>Settings of warming, read from configuration (<c>Larder:Warming</c>, each by its own name), then from the delegate given to <c>AddLarderWarming</c>, and validated when the host starts.</summary>
public sealed class WarmingOptions
{
    internal const int GreatestParallelism = 32;
    internal const int GreatestPopular = 10_000;
    internal static readonly TimeSpan GreatestPatience = TimeSpan.FromMinutes(5);
    internal static readonly TimeSpan LeastSaveInterval = TimeSpan.FromSeconds(1);
    internal static readonly TimeSpan GreatestSaveInterval = TimeSpan.FromDays(1);

    /// <summary>Whether anything is warmed by itself, and popular requests are remembered. Default true. Without it tasks still run when they are asked for.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>How many tasks, and how many popular requests, are loaded at once: 1 to 32, default 2.</summary>
    public int Parallelism { get; set; } = 2;

    /// <summary>How long a task, or a popular request, waits at most while requests queue for their loads: 0 to 5 minutes, default 5 s. After that it runs all the same, so that it is not starved.</summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How many of the requests that were worth most are remembered for the next start: 0, which remembers none, to 10,000; default 1,000.</summary>
    public int Popular { get; set; } = 1_000;

    /// <summary>The file that keeps them, where no Redis does. Null, the default: nothing is kept. A relative path is one of the content root; its folder is made.</summary>
    public string? File { get; set; }

    /// <summary>How often they are written, beside the stop of the host: 1 s to 1 day, default 1 minute.</summary>
    public TimeSpan SaveInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>What is out of its bounds; null: nothing.</summary>
    internal string? Problem() =>
        Parallelism is < 1 or > GreatestParallelism ? $"Parallelism is {Parallelism}: it is between 1 and {GreatestParallelism}."
        : Patience < TimeSpan.Zero || Patience > GreatestPatience ? $"Patience is {Patience}: it is between 0 and {GreatestPatience}."
        : Popular is < 0 or > GreatestPopular ? $"Popular is {Popular}: it is between 0 and {GreatestPopular}."
        : SaveInterval < LeastSaveInterval || SaveInterval > GreatestSaveInterval ? $"SaveInterval is {SaveInterval}: it is between {LeastSaveInterval} and {GreatestSaveInterval}."
        : null;
}
