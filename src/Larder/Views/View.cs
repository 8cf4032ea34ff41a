using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Larder.Views;

/// <summary>The one response a screen needs, as named sections over typed parameters. Immutable; share one instance.</summary>
public sealed class View
{
    private readonly FrozenDictionary<string, int> _parameterIndexes;

    internal View(string name, ViewDefinition definition)
    {
        Name = name;
        Parameters = definition.Parameters;
        Sections = definition.Sections;
        Policy = definition.Policy;
        Application = definition.Application;
        Tags = definition.Tags;
        IsSnapshot = definition.IsSnapshot;
        _parameterIndexes = Parameters.Select((parameter, i) => KeyValuePair.Create(parameter.Name, i)).ToFrozenDictionary(StringComparer.Ordinal);
        Plan = SectionPlan.Create(this);
    }

    /// <summary>The name, in kebab-case: part of cache keys, logs and metrics.</summary>
    public string Name { get; }

    /// <summary>The typed parameters, in the order in which they stand in cache keys.</summary>
    public ImmutableArray<ViewParameter> Parameters { get; }

    /// <summary>The sections, in the order of the response.</summary>
    public ImmutableArray<Section> Sections { get; }

    /// <summary>The name of the cache policy of sections that name none.</summary>
    public string Policy { get; }

    /// <summary>The application in cache keys; null: <see cref="ViewOptions.Application"/>.</summary>
    public string? Application { get; }

    /// <summary>
    /// Tag templates such as <c>product:{id}</c>: every section that uses all parameters of a template carries the tag, by which an
    /// operator removes it.
    /// </summary>
    public ImmutableArray<string> Tags { get; }

    /// <summary>Whether the SQL sections of the view are read in one snapshot of the database, and reloaded together.</summary>
    public bool IsSnapshot { get; }

    internal SectionPlan Plan { get; }

    /// <summary>Starts the description of a view.</summary>
    /// <param name="name">In kebab-case, unique in the application.</param>
    public static ViewBuilder Create(string name) => new(name);

    /// <exception cref="ArgumentException">The view has no such parameter.</exception>
    internal int IndexOfParameter(string name) =>
        _parameterIndexes.TryGetValue(name, out var index) ? index : throw new ArgumentException($"View '{Name}' has no parameter '{name}'.", nameof(name));

    internal bool HasParameter(string name) => _parameterIndexes.ContainsKey(name);
}

/// <summary>What a <see cref="ViewBuilder"/> has collected.</summary>
internal sealed record ViewDefinition(
    ImmutableArray<ViewParameter> Parameters,
    ImmutableArray<Section> Sections,
    string Policy,
    string? Application,
    ImmutableArray<string> Tags,
    bool IsSnapshot);
