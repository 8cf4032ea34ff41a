using System.Diagnostics;

namespace Larder.Redis.Tests.Simulation;

/// <summary>
/// The protocol of the shared log under thousands of orders of events and faults. A failure names its seed;
/// <c>LARDER_SIMULATION_SEED=n</c> runs that one alone in <see cref="Run_TheSeedAskedFor_HoldsEveryPromise"/>.
/// </summary>
public sealed class LogSimulationTests(ITestOutputHelper output)
{
    private const int SeedsToFindADefect = 2_000;
    private const int LongSeeds = 50_000;
    private const int TracedEvents = 60;

    public static TheoryData<LogDefect> Defects => [.. Enum.GetValues<LogDefect>().Where(defect => defect != LogDefect.None)];

    [Fact]
    public void Run_SixSecondsOfSeeds_HoldsEveryPromise()
    {
        var clock = Stopwatch.StartNew();
        var counts = new LogCounts();
        var seed = 0;
        for (; clock.Elapsed < TimeSpan.FromSeconds(6); seed++)
        {
            counts.Add(Run(seed));
        }

        output.WriteLine($"{seed} seeds: {counts}");
        Assert.True(seed > 100, $"Only {seed} seeds were run.");
        Assert.All([counts.Writes, counts.Hits, counts.Loads, counts.PastTheCache, counts.AppendedAgain, counts.Lagging, counts.Renewals, counts.Shared, counts.Restarts], count => Assert.True(count > 50, counts.ToString()));
    }

    [Fact]
    [Trait("Category", "Long")]
    public void Run_FiftyThousandSeeds_HoldsEveryPromise()
    {
        var counts = new LogCounts();
        for (var seed = 1_000_000; seed < 1_000_000 + LongSeeds; seed++)
        {
            counts.Add(Run(seed));
        }

        output.WriteLine($"{LongSeeds} seeds: {counts}");
    }

    [Theory]
    [MemberData(nameof(Defects))]
    public void Run_WithADefect_IsFound(LogDefect defect)
    {
        for (var seed = 0; seed < SeedsToFindADefect; seed++)
        {
            try
            {
                new LogSimulation(seed, defect).Run();
            }
            catch (LogViolationException violation)
            {
                output.WriteLine($"{defect}: seed {seed}: {violation.Message}");
                return;
            }
        }

        Assert.Fail($"{defect} was not found within {SeedsToFindADefect} seeds.");
    }

    [Fact]
    public void Run_TheSeedAskedFor_HoldsEveryPromise()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("LARDER_SIMULATION_SEED"), out var asked) ? asked : 0;

        // The same seed gives the same run, or no failure could be looked into.
        Assert.Equal(Run(seed).ToString(), Run(seed).ToString());
    }

    private static LogCounts Run(int seed)
    {
        var world = new LogSimulation(seed, LogDefect.None) { Trace = [] };
        try
        {
            world.Run();
            return world.Counts;
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException($"Seed {seed}: {exception.Message}\n{string.Join('\n', world.Trace.TakeLast(TracedEvents))}", exception);
        }
    }
}
