using System.Diagnostics;

namespace Larder.Tests.Simulation;

/// <summary>
/// The protocol under thousands of orders of events. A failure names its seed; <c>LARDER_SIMULATION_SEED=n</c> runs that one alone in
/// <see cref="Run_TheSeedAskedFor_HoldsEveryInvariant"/>.
/// </summary>
public sealed class SimulationTests(ITestOutputHelper output)
{
    private const int TracedEvents = 80;
    private const int LongSeeds = 20_000;
    private const int SeedsToFindADefect = 1_000;

    public static TheoryData<SimulationDefect> Defects => [.. Enum.GetValues<SimulationDefect>().Where(defect => defect != SimulationDefect.None)];

    [Fact]
    public void Run_TenSecondsOfSeeds_HoldsEveryInvariant()
    {
        var clock = Stopwatch.StartNew();
        var counts = new SimulationCounts();
        var seed = 0;
        for (; clock.Elapsed < TimeSpan.FromSeconds(10); seed++)
        {
            counts.Add(Run(seed, SimulationDefect.None));
        }

        output.WriteLine($"{seed} seeds: {counts}");
        Assert.True(seed > 100, $"Only {seed} seeds were run.");
        Assert.All([counts.Hits, counts.Stale, counts.Loaded, counts.Joined, counts.AskedAgain, counts.PastTheCache, counts.Writes], count => Assert.True(count > 50, counts.ToString()));
    }

    [Fact]
    [Trait("Category", "Long")]
    public void Run_TwentyThousandSeeds_HoldsEveryInvariant()
    {
        var counts = new SimulationCounts();
        for (var seed = 1_000_000; seed < 1_000_000 + LongSeeds; seed++)
        {
            counts.Add(Run(seed, SimulationDefect.None));
        }

        output.WriteLine($"{LongSeeds} seeds: {counts}");
    }

    [Theory]
    [MemberData(nameof(Defects))]
    public void Run_WithADefect_IsFoundWithinAThousandSeeds(SimulationDefect defect)
    {
        for (var seed = 0; seed < SeedsToFindADefect; seed++)
        {
            try
            {
                new SimulationWorld(seed, defect).Run();
            }
            catch (SimulationViolationException violation)
            {
                output.WriteLine($"{defect}: seed {seed}: {violation.Message}");
                return;
            }
        }

        Assert.Fail($"{defect} was not found within {SeedsToFindADefect} seeds.");
    }

    [Fact]
    public void Run_TheSeedAskedFor_HoldsEveryInvariant()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("LARDER_SIMULATION_SEED"), out var asked) ? asked : 0;

        var first = Run(seed, SimulationDefect.None);

        // The same seed gives the same run, or no failure could be looked into.
        Assert.Equal(first.ToString(), Run(seed, SimulationDefect.None).ToString());
    }

    private static SimulationCounts Run(int seed, SimulationDefect defect)
    {
        var world = new SimulationWorld(seed, defect);
        try
        {
            world.Run();
            return world.Counts;
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException($"Seed {seed}: {exception.Message}\n{TraceOf(seed, defect)}", exception);
        }
    }

    private static string TraceOf(int seed, SimulationDefect defect)
    {
        var world = new SimulationWorld(seed, defect) { Trace = [] };
        try
        {
            world.Run();
            return "The same seed did not fail again.";
        }
        catch (Exception)
        {
            return string.Join('\n', world.Trace.TakeLast(TracedEvents));
        }
    }
}
