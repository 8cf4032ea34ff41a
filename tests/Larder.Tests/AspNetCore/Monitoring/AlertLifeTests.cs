using Larder.AspNetCore.Monitoring.Alerts;

namespace Larder.Tests.AspNetCore.Monitoring;

/// <summary>The lives of alerts, with time given to them.</summary>
public sealed class AlertLifeTests
{
    private const double Bad = 10;
    private const double Between = 4.5;
    private const double Good = 1;

    private static readonly AlertRule Rule = new("rule", AlertLevel.Error, "metric", 5, 4, "message", _ => null)
    {
        PendingFor = TimeSpan.FromSeconds(30),
        ClearFor = TimeSpan.FromSeconds(60),
    };

    private readonly AlertLife _life = new(Rule);
    private DateTimeOffset _now = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Figure_PastTheThreshold_IsPendingThenFiresOnceThenIsResolved()
    {
        Assert.Equal([(AlertState.Pending, false), (AlertState.Pending, false), (AlertState.Firing, true), (AlertState.Firing, false)], Judge(Bad, 0, 29, 1, 60));
        Assert.Equal([(AlertState.Firing, false), (AlertState.Firing, false), (AlertState.Resolved, true), (AlertState.Resolved, false)], Judge(Good, 5, 59, 1, 1));
        Assert.Equal([(AlertState.Inactive, false)], Judge(Good, 3600));
    }

    [Fact]
    public void Figure_BackBeforeItFires_TellsNobody()
    {
        Judge(Bad, 0, 20);

        Assert.Equal([(AlertState.Inactive, false)], Judge(Good, 5));
        Assert.Equal([(AlertState.Pending, false), (AlertState.Pending, false)], Judge(Bad, 5, 29));
    }

    [Fact]
    public void Figure_BetweenTheThresholds_NeitherBeginsNorEnds()
    {
        Assert.Equal([(AlertState.Inactive, false)], Judge(Between, 0));

        Judge(Bad, 0, 30);

        Assert.All(Judge(Between, 60, 60, 600), judged => Assert.Equal((AlertState.Firing, false), judged));
    }

    [Fact]
    public void Figure_BadAgainWhileItClears_BeginsToClearAnew()
    {
        Judge(Bad, 0, 30);
        Judge(Good, 1, 58);
        Judge(Bad, 1);

        Assert.Equal([(AlertState.Firing, false), (AlertState.Firing, false), (AlertState.Resolved, true)], Judge(Good, 1, 59, 1));
    }

    [Fact]
    public void Figure_NothingToJudge_CountsAsNormal()
    {
        Judge(Bad, 0, 30);

        Assert.Equal([(AlertState.Firing, false), (AlertState.Resolved, true)], Judge(null, 1, 60));
    }

    [Fact]
    public void Swings_TooManyInAWhile_AreToldOnceUntilItIsQuietForAsLong()
    {
        var told = 0;
        for (var swing = 0; swing < 20; swing++)
        {
            told += Judge(Bad, 1, 30).Count(judged => judged.IsTold);
            told += Judge(Good, 1, 60).Count(judged => judged.IsTold);
        }

        // Three whole lives and the beginning of the fourth, which goes on.
        Assert.Equal(7, told);
        Assert.True(_life.IsFlapping);
        Assert.Equal([(AlertState.Firing, false), (AlertState.Resolved, true)], Judge(Good, 60, 900));
        Assert.False(_life.IsFlapping);
    }

    [Theory]
    [InlineData(39.9, true)]
    [InlineData(40, false)]
    [InlineData(42, false)]
    public void Rule_OfALowerBound_IsPassedBelowIt(double figure, bool isPassed)
    {
        var rule = AlertRules.All.Single(rule => rule.Name == "low_hit_rate");

        Assert.Equal(isPassed, rule.IsPassedBy(figure));
        Assert.False(rule.IsClearedBy(figure));
        Assert.True(rule.IsClearedBy(45));
    }

    private List<(AlertState State, bool IsTold)> Judge(double? value, params int[] secondsLater)
    {
        List<(AlertState, bool)> judged = [];
        foreach (var seconds in secondsLater)
        {
            _now += TimeSpan.FromSeconds(seconds);
            var isTold = _life.Judge(value, _now);
            judged.Add((_life.State, isTold));
        }

        return judged;
    }
}
