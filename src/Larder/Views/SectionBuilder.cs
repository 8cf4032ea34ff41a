namespace Larder.Views;

/// <summary>Describes one section of a view.</summary>
public sealed class SectionBuilder
{
    internal SectionBuilder(Section section) => Section = section;

    internal Section Section { get; private set; }

    /// <summary>Asks for the section only when a parameter of the view is given and not false.</summary>
    public SectionBuilder When(string parameter) => With(Section with { Switch = parameter });

    /// <summary>Bounds the time of its source.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The time is not positive.</exception>
    public SectionBuilder Timeout(TimeSpan timeout)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(timeout, TimeSpan.Zero);
        return With(Section with { Timeout = timeout });
    }

    /// <summary>Caches the section under a policy of its own instead of the view's.</summary>
    public SectionBuilder Policy(string name) => With(Section with { Policy = name });

    /// <summary>Puts the members of the section, a JSON object, directly into <c>data</c>.</summary>
    public SectionBuilder Inline() => With(Section with { Placement = SectionPlacement.Inline });

    /// <summary>Leaves the section out of the response: it guards the view or feeds other sections.</summary>
    public SectionBuilder Hidden() => With(Section with { Placement = SectionPlacement.Hidden });

    private SectionBuilder With(Section section)
    {
        Section = section;
        return this;
    }
}
