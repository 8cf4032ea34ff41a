using Larder.Views.Sources;

namespace Larder.Views;

/// <summary>A named part of a view, read from one source, cached as its own JSON fragment.</summary>
public sealed record Section
{
    internal Section(string name, SectionSource source, bool isRequired)
    {
        Name = name;
        Source = source;
        IsRequired = isRequired;
    }

    /// <summary>The key in the response's <c>data</c>, in snake_case.</summary>
    public string Name { get; }

    /// <summary>Where it is read from.</summary>
    public SectionSource Source { get; }

    /// <summary>Whether its failure fails the view. A failed optional section is null and named in <c>metadata.errors</c>.</summary>
    public bool IsRequired { get; }

    /// <summary>How its members stand in <c>data</c>.</summary>
    public SectionPlacement Placement { get; internal init; } = SectionPlacement.Member;

    /// <summary>
    /// The parameter that switches it: absent, null or false means that it is not asked for and null in the response. Null: always asked for.
    /// </summary>
    public string? Switch { get; internal init; }

    /// <summary>How long its source may take. Null: the default of <see cref="ViewOptions.SectionTimeout"/>.</summary>
    public TimeSpan? Timeout { get; internal init; }

    /// <summary>The name of its cache policy. Null: the view's.</summary>
    public string? Policy { get; internal init; }
}

/// <summary>How a section's JSON stands in the response.</summary>
public enum SectionPlacement
{
    /// <summary>Under its name.</summary>
    Member,

    /// <summary>Its own members stand directly in <c>data</c>; the section is a JSON object.</summary>
    Inline,

    /// <summary>It is not shown: it guards the view or feeds other sections.</summary>
    Hidden,
}
