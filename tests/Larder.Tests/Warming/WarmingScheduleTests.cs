using Larder.Warming;

namespace Larder.Tests.Warming;

/// <summary>Which task runs when, without running any.</summary>
public sealed class WarmingScheduleTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void Begin_SeveralAreDue_BeginsTheMostImportantFirst()
    {
        var schedule = Schedule(
            Task("low") with { Priority = WarmingPriority.Low }, Task("normal"), Task("critical") with { Priority = WarmingPriority.Critical }, Task("high") with { Priority = WarmingPriority.High });

        Assert.Equal(["critical", "high", "normal", "low"], Names(schedule, 4));
        Assert.Null(schedule.Begin());
    }

    [Fact]
    public void Begin_TaskDependsOnOne_WaitsUntilThatHasSucceeded()
    {
        var second = Task("second") with { DependsOn = ["first"], Priority = WarmingPriority.Critical };
        var schedule = Schedule(second, Task("first"));

        var first = schedule.Begin()!;
        Assert.Equal("first", first.Name);
        Assert.Null(schedule.Begin());
        schedule.End(first, TimeSpan.FromSeconds(1), error: null);

        Assert.Same(second, schedule.Begin());
    }

    [Fact]
    public void Begin_DependencyFailed_SkipsWhatComesAfterItAndSaysWhy()
    {
        var schedule = Schedule(
            Task("first") with { Interval = TimeSpan.FromMinutes(1) },
            Task("second") with { DependsOn = ["first"], Interval = TimeSpan.FromMinutes(1) },
            Task("third") with { DependsOn = ["second"] });
        schedule.End(schedule.Begin()!, TimeSpan.FromSeconds(1), "Exception: no");

        Assert.Null(schedule.Begin());
        Assert.Equal(
            [(WarmingState.Failed, "Exception: no"), (WarmingState.Skipped, "'first', which it depends on, failed"), (WarmingState.Skipped, "'second', which it depends on, was skipped")],
            schedule.Read().Select(status => (status.State, status.LastError)));

        _time.Advance(TimeSpan.FromMinutes(1));
        var first = schedule.Begin()!;
        schedule.End(first, TimeSpan.FromSeconds(1), error: null);
        Assert.Equal(("first", "second"), (first.Name, schedule.Begin()!.Name));
    }

    [Fact]
    public void End_TaskWithAnInterval_IsDueAgainThatLongAfterItsEnd()
    {
        var schedule = Schedule(Task("each") with { Interval = TimeSpan.FromMinutes(5) }, Task("once"));
        foreach (var task in new[] { schedule.Begin()!, schedule.Begin()! })
        {
            _time.Advance(TimeSpan.FromSeconds(10));
            schedule.End(task, TimeSpan.FromSeconds(10), error: null);
        }

        Assert.Equal([_time.GetUtcNow() + TimeSpan.FromMinutes(5) - TimeSpan.FromSeconds(10), null], schedule.Read().Select(status => status.NextRun));
        Assert.Equal(schedule.Read()[0].NextRun, schedule.NextDue);
        Assert.Null(schedule.Begin());
    }

    [Fact]
    public void Ask_TaskThatRuns_RunsOnceMoreAfterIt()
    {
        var schedule = Schedule(Task("only"));
        var task = schedule.Begin()!;

        Assert.True(schedule.Ask("only"));
        Assert.False(schedule.Ask("another"));
        Assert.Null(schedule.Begin());
        schedule.End(task, TimeSpan.Zero, error: null);

        Assert.Same(task, schedule.Begin());
    }

    [Fact]
    public void Ask_NothingStartsByItself_RunsWhatItDependsOnFirst()
    {
        var schedule = new WarmingSchedule([Task("second") with { DependsOn = ["first"] }, Task("first")], _time, startsAtOnce: false);
        Assert.Null(schedule.Begin());

        schedule.Ask("second");

        var first = schedule.Begin()!;
        Assert.Equal("first", first.Name);
        schedule.End(first, TimeSpan.Zero, error: null);
        Assert.Equal("second", schedule.Begin()!.Name);
    }

    [Fact]
    public void Create_TasksThatCannotBeOrdered_SaysWhich()
    {
        Assert.Contains("'twice'", Refused(Task("twice"), Task("twice")), StringComparison.Ordinal);
        Assert.Contains("'nobody', which is no warming task", Refused(Task("one") with { DependsOn = ["nobody"] }), StringComparison.Ordinal);
        Assert.Contains("circle: a, b", Refused(Task("a") with { DependsOn = ["b"] }, Task("b") with { DependsOn = ["a"] }, Task("c")), StringComparison.Ordinal);
        Assert.Contains("circle: self", Refused(Task("self") with { DependsOn = ["self"] }), StringComparison.Ordinal);

        string Refused(params WarmingTask[] tasks) => Assert.Throws<InvalidOperationException>(() => Schedule(tasks)).Message;
    }

    [Fact]
    public void Create_OutOfBounds_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => Task("a b"));
        Assert.Throws<ArgumentException>(() => Task(new string('a', 101)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Task("a") with { Interval = TimeSpan.Zero });
        Assert.Throws<ArgumentOutOfRangeException>(() => Task("a") with { TimeLimit = TimeSpan.FromHours(2) });
        Assert.Throws<ArgumentOutOfRangeException>(() => Task("a") with { Retries = 11 });
        Assert.Contains("Parallelism", new WarmingOptions { Parallelism = 0 }.Problem(), StringComparison.Ordinal);
        Assert.Contains("Popular", new WarmingOptions { Popular = 10_001 }.Problem(), StringComparison.Ordinal);
        Assert.Null(new WarmingOptions().Problem());
    }

    private static WarmingTask Task(string name) => new(name, static (_, _) => System.Threading.Tasks.Task.CompletedTask);

    private static string[] Names(WarmingSchedule schedule, int count) => [.. Enumerable.Range(0, count).Select(_ => schedule.Begin()!.Name)];

    private WarmingSchedule Schedule(params WarmingTask[] tasks) => new(tasks, _time, startsAtOnce: true);
}
