namespace Larder.Warming;

/// <summary>Something that is loaded into the cache before anybody asks for it: when the host starts, and then as often as it says.</summary>
public sealed record WarmingTask
{
    internal static readonly TimeSpan LeastInterval = TimeSpan.FromSeconds(1);
    internal static readonly TimeSpan GreatestInterval = TimeSpan.FromDays(7);
    internal static readonly TimeSpan LeastTimeLimit = TimeSpan.FromMilliseconds(100);
    internal static readonly TimeSpan GreatestTimeLimit = TimeSpan.FromHours(1);
    internal const int GreatestRetries = 10;
    private const int LongestName = 100;

    /// <summary>Describes a task.</summary>
    /// <param name="name">What it is called in its status: 1 to 100 letters, digits, <c>-</c>, <c>_</c>, <c>.</c> or <c>:</c>.</param>
    /// <param name="run">Loads, with services of its own scope, by reading through the cache. An exception is a failure; the token is cancelled at the time limit and when the host stops.</param>
    /// <exception cref="ArgumentException">The name is empty, too long, or has other characters.</exception>
    public WarmingTask(string name, Func<IServiceProvider, CancellationToken, Task> run)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(run);
        if (name.Length > LongestName || !name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.' or ':'))
        {
            throw new ArgumentException($"The name of a warming task has 1 to {LongestName} letters, digits, '-', '_', '.' or ':'.", nameof(name));
        }

        (Name, Run) = (name, run);
    }

    /// <summary>What it is called.</summary>
    public string Name { get; }

    /// <summary>Loads.</summary>
    public Func<IServiceProvider, CancellationToken, Task> Run { get; }

    /// <summary>Which of several that are due begins first. Default normal.</summary>
    public WarmingPriority Priority { get; init; } = WarmingPriority.Normal;

    /// <summary>From the end of one run to the next: 1 s to 7 days. Null, the default: only when the host starts, and when it is asked for.</summary>
    public TimeSpan? Interval { get; init => field = value is { } interval ? Within(interval, LeastInterval, GreatestInterval, nameof(Interval)) : null; }

    /// <summary>The tasks that must have succeeded before it runs; where one of them failed, it is skipped. Default none.</summary>
    public IReadOnlyList<string> DependsOn { get; init; } = [];

    /// <summary>How long one attempt may take: 100 ms to 1 hour, default 30 s.</summary>
    public TimeSpan TimeLimit { get; init => field = Within(value, LeastTimeLimit, GreatestTimeLimit, nameof(TimeLimit)); } = TimeSpan.FromSeconds(30);

    /// <summary>How often a failed attempt is repeated, after 1 s, 2 s, 4 s … up to 30 s, each half at random: 0 to 10, default 2.</summary>
    public int Retries
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, GreatestRetries);
            field = value;
        }
    } = 2;

    private static TimeSpan Within(TimeSpan value, TimeSpan least, TimeSpan greatest, string name) =>
        value >= least && value <= greatest ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} is between {least} and {greatest}.");
}
