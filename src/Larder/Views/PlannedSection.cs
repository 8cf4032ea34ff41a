using System.Collections.Immutable;

namespace Larder.Views;

/// <summary>A section with its inputs found and its place in the order of execution.</summary>
internal sealed class PlannedSection(int index, Section section, SectionInput[] inputs, int level, int? switchIndex, string fingerprint, ImmutableArray<string> tags)
{
    /// <summary>Its position in <see cref="View.Sections"/>.</summary>
    public int Index { get; } = index;

    public Section Section { get; } = section;

    /// <summary>The inputs in the order in which they stand in the key: parameters as the view declares them, then the others.</summary>
    public SectionInput[] Inputs { get; } = inputs;

    /// <summary>0: depends on no section; otherwise one more than the deepest section it depends on.</summary>
    public int Level { get; } = level;

    public int? SwitchIndex { get; } = switchIndex;

    /// <summary>Changes with the definition of the section.</summary>
    public string Fingerprint { get; } = fingerprint;

    /// <summary>The tag templates of the view whose parameters the section uses.</summary>
    public ImmutableArray<string> Tags { get; } = tags;
}
