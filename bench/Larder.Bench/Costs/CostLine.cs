namespace Larder.Bench.Costs;

/// <summary>What the rounds say about a target.</summary>
internal enum CostVerdict
{
    NoTarget,
    Pass,
    Miss,

    /// <summary>The rounds disagree, or say what cannot be: the machine was too busy for this figure.</summary>
    Unclear,
}

/// <summary>One figure.</summary>
/// <param name="Group">What it belongs to.</param>
/// <param name="Name">What costs that much.</param>
/// <param name="Cost">Over the rounds.</param>
/// <param name="Target">The most it may take, in nanoseconds; null: nothing is promised.</param>
internal sealed record CostLine(string Group, string Name, CostFigure Cost, double? Target = null)
{
    /// <summary>Three quarters of the rounds must be on one side of the target, and half of them no further apart than it is long.</summary>
    public CostVerdict Verdict => Target is not { } target ? CostVerdict.NoTarget
        : Cost.Low > target ? CostVerdict.Miss
        : Cost.High > target || Cost.High - Cost.Low > target || Cost.Nanoseconds < -target / 2 ? CostVerdict.Unclear
        : CostVerdict.Pass;

    /// <param name="group">What it belongs to.</param>
    /// <param name="name">What costs that much.</param>
    /// <param name="subject">What was measured.</param>
    /// <param name="target">In nanoseconds.</param>
    /// <param name="divisor">How many of what the line is about one piece of work holds.</param>
    public static CostLine Of(string group, string name, CostSubject subject, double? target = null, int divisor = 1) =>
        Beyond(group, name, subject, [], target, divisor);

    /// <summary>What a subject costs beyond others, taken within each round.</summary>
    /// <inheritdoc cref="Of" />
    public static CostLine Beyond(string group, string name, CostSubject subject, CostSubject[] others, double? target = null, int divisor = 1) =>
        new(group, name, CostFigure.Of(subject.Samples.Select((sample, round) =>
            others.Aggregate(sample, (rest, other) => rest - other.Samples[round]) / divisor)), target);
}
