using System.Globalization;
using Larder.SqlAnalysis;
using Larder.SqlAnalysis.Statements;

namespace Larder.Tests.SqlAnalysis.Soundness;

/// <summary>
/// I8: if executing a write changes a query's result, their tags meet. Random worlds, queries and writes on real databases; a failure names the seed that
/// repeats it. Each planted bug must be found among the same pairs.
/// </summary>
public abstract class SoundnessTests(ITestOutputHelper output)
{
    private const int QuickPairs = 5_000;
    private const int LongPairs = 100_000;

    private protected abstract SqlDialect Dialect { get; }

    private protected abstract string Name { get; }

    /// <summary>The bugs that this database's statements can show.</summary>
    private protected abstract AnalyzerFaults Faults { get; }

    private protected abstract SoundnessDatabase? Open();

    [Fact]
    public async Task Tags_WriteChangesAnAnswer_Meet()
    {
        var report = new SoundnessReport(Name);
        var seed = Environment.GetEnvironmentVariable("LARDER_SQL_SEED");
        if (seed is not null)
            await RunAsync(int.Parse(seed, CultureInfo.InvariantCulture), 1, round => AddAsync(report, round));
        else
            await RunAsync(1, QuickPairs, round => AddAsync(report, round));
        output.WriteLine(report.ToString());

        Assert.True(report.Violations.Count == 0, $"{report.Violations.Count} of {report.Pairs}\n{report.Violations.FirstOrDefault()}");
        if (seed is null)
            AssertShares(report);
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task Tags_ManyWritesChangeAnswers_Meet()
    {
        var report = new SoundnessReport(Name);
        await RunAsync(100_001, LongPairs, round => AddAsync(report, round));
        output.WriteLine(report.ToString());

        Assert.True(report.Violations.Count == 0, $"{report.Violations.Count} of {report.Pairs}\n{report.Violations.FirstOrDefault()}");
        AssertShares(report);
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task Tags_BugIsPlanted_DoNotMeetSomewhere()
    {
        var missing = Enum.GetValues<AnalyzerFaults>().Where(fault => fault != AnalyzerFaults.None && Faults.HasFlag(fault)).ToList();
        var pairs = 0;
        await RunAsync(1, 20 * QuickPairs, async round =>
        {
            pairs += round.QueryCases.Count * round.Executed.Count;
            foreach (var fault in missing.ToArray())
            {
                var report = new SoundnessReport(Name);
                await report.AddAsync(round, fault, stopsAtFirst: true);
                if (report.Violations.Count == 0)
                    continue;
                output.WriteLine($"{fault} found within {pairs} pairs");
                missing.Remove(fault);
            }

            return missing.Count == 0 ? int.MaxValue : round.QueryCases.Count * round.Executed.Count;
        });

        Assert.Empty(missing);
    }

    private static async Task<int> AddAsync(SoundnessReport report, SoundnessRound round)
    {
        var before = report.Pairs;
        await report.AddAsync(round);
        return report.Pairs - before;
    }

    private static void AssertShares(SoundnessReport report)
    {
        Assert.True(report.ChangedPairs >= report.Pairs / 5, $"only {report.ChangedPairs} of {report.Pairs} changed the answer");
        Assert.True(report.LookedUpPairs >= report.Pairs / 100, $"only {report.LookedUpPairs} of {report.Pairs} changed what was looked up");
        Assert.True(report.Told >= report.Probes / 10, $"only {report.Told} of {report.Probes} were answered by the result");
        Assert.Equal(0, report.FailedProbes);
        Assert.True(report.PinnedPairs >= report.Pairs / 3, $"only {report.PinnedPairs} of {report.Pairs} are pinned");
    }

    private async Task RunAsync(int firstSeed, int pairs, Func<SoundnessRound, Task<int>> judge)
    {
        var shared = Open();
        for (var (seed, done) = (firstSeed, 0L); done < pairs; seed++)
        {
            var database = shared ?? new SqliteSoundnessDatabase();
            done += await judge(await SoundnessRound.RunAsync(database, Dialect, seed));
            if (shared is null)
                await database.DisposeAsync();
        }

        if (shared is not null)
            await shared.DisposeAsync();
    }
}

public sealed class SqliteSoundnessTests(ITestOutputHelper output) : SoundnessTests(output)
{
    private protected override SqlDialect Dialect => SqlDialect.Sqlite;

    private protected override string Name => "Sqlite";

    private protected override AnalyzerFaults Faults => ~AnalyzerFaults.None & ~AnalyzerFaults.WriteInWithReadAsQuery;

    // Each world has a file in memory of its own.
    private protected override SoundnessDatabase? Open() => null;
}

public sealed class PostgresSoundnessTests(ITestOutputHelper output) : SoundnessTests(output)
{
    private protected override SqlDialect Dialect => SqlDialect.PostgreSql;

    private protected override string Name => "Postgres";

    private protected override AnalyzerFaults Faults => ~AnalyzerFaults.None
        & ~(AnalyzerFaults.AffinityIgnored | AnalyzerFaults.BetweenSplit | AnalyzerFaults.ReplaceTakenForInsert | AnalyzerFaults.MadeUpKeyTakenForNull);

    private protected override SoundnessDatabase? Open()
    {
        if (Environment.GetEnvironmentVariable("LARDER_TEST_POSTGRES") is { Length: > 0 } connectionString)
            return new PostgresSoundnessDatabase(connectionString);
        Assert.NotEqual("1", Environment.GetEnvironmentVariable("LARDER_TEST_REQUIRE_SERVICES"));
        Assert.Skip("LARDER_TEST_POSTGRES is not set; ./test.sh sets it.");
        return null;
    }
}
