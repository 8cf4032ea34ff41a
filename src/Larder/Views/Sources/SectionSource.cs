using System.Collections.Immutable;

namespace Larder.Views.Sources;

/// <summary>Where a section comes from. Immutable: every method that adds to it returns another one.</summary>
public abstract class SectionSource
{
    private protected SectionSource(ImmutableArray<SectionInput> bindings) => Bindings = bindings;

    /// <summary>The type of the section's value, whose JSON is the section's fragment.</summary>
    public abstract Type ResultType { get; }

    /// <summary>The inputs that were bound by hand; others are parameters of the view by name.</summary>
    internal ImmutableArray<SectionInput> Bindings { get; }

    /// <summary>The names of the inputs that its text mentions.</summary>
    internal abstract IReadOnlyList<string> MentionedInputs { get; }

    /// <summary>What a result depends on besides its inputs: a change makes other cache entries.</summary>
    internal abstract string Definition { get; }

    /// <summary>Whether reading it asks something outside; false for what is only computed, which is not cached either.</summary>
    internal virtual bool IsAsked => true;

    internal abstract SectionSource WithBinding(SectionInput binding);
}
