namespace Larder.Views;

/// <summary>One value that a section is read for, and thus a part of its key.</summary>
internal sealed record SectionInput(string Name, Type Type)
{
    /// <summary>The parameter of the view that it is; null when it is computed or comes from a section.</summary>
    public int? ParameterIndex { get; init; }

    /// <summary>Computes it from the arguments.</summary>
    public Func<ViewArguments, object?>? Compute { get; init; }

    /// <summary>The section it comes from.</summary>
    public string? Dependency { get; init; }

    /// <summary>The type the dependency's JSON is read as.</summary>
    public Type? DependencyType { get; init; }

    /// <summary>Takes it from the dependency, which is not null.</summary>
    public Func<object, object?>? Pick { get; init; }
}
