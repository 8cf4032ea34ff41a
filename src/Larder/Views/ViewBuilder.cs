using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Larder.Views.Sources;

namespace Larder.Views;

/// <summary>Describes a view; <see cref="Build"/> checks the whole and names what is wrong.</summary>
public sealed partial class ViewBuilder
{
    // View and section stand in a key together, in one part of at most 100 characters.
    private const int MaxNameLength = 49;

    private readonly string _name;
    private readonly ImmutableArray<ViewParameter>.Builder _parameters = ImmutableArray.CreateBuilder<ViewParameter>();
    private readonly ImmutableArray<Section>.Builder _sections = ImmutableArray.CreateBuilder<Section>();
    private readonly ImmutableArray<string>.Builder _tags = ImmutableArray.CreateBuilder<string>();
    private string _policy = Larder.Caching.CachePolicies.Default;
    private string? _application;
    private bool _isSnapshot;

    internal ViewBuilder(string name)
    {
        if (!KebabCase().IsMatch(name) || name.Length > MaxNameLength)
        {
            throw new ArgumentException($"The name of a view is in kebab-case, at most {MaxNameLength} characters: '{name}' is not.", nameof(name));
        }

        _name = name;
    }

    /// <summary>Adds a parameter that is required, unless its description gives it a default.</summary>
    public ViewBuilder Parameter<T>(string name, Action<ViewParameterBuilder<T>>? describe = null)
        where T : notnull =>
        AddParameter(new ViewParameter(name, TypeOf<T>()), describe);

    /// <summary>Adds a parameter that may be absent; its value then is null.</summary>
    public ViewBuilder OptionalParameter<T>(string name, Action<ViewParameterBuilder<T>>? describe = null)
        where T : notnull =>
        AddParameter(new ViewParameter(name, TypeOf<T>()) { IsRequired = false }, describe);

    /// <summary>Adds a parameter with the value it has when it is absent.</summary>
    public ViewBuilder Parameter<T>(string name, T defaultValue, Action<ViewParameterBuilder<T>>? describe = null)
        where T : notnull =>
        AddParameter(new ViewParameter(name, TypeOf<T>()) { IsRequired = false, Default = _ => defaultValue, DocumentedDefault = defaultValue }, describe);

    /// <summary>Names the cache policy of the sections that name none. Default: "default".</summary>
    public ViewBuilder Policy(string name)
    {
        _policy = name;
        return this;
    }

    /// <summary>Names the application in cache keys, <c>bff:{app}:…</c>. Default: <see cref="ViewOptions.Application"/>.</summary>
    public ViewBuilder Application(string name)
    {
        _application = name;
        return this;
    }

    /// <summary>Adds a tag template such as <c>product:{id}</c>, by which an operator removes what the view has cached of one thing.</summary>
    public ViewBuilder Tag(string template)
    {
        _tags.Add(template);
        return this;
    }

    /// <summary>Reads the SQL sections in one snapshot of the database, and reloads them together, so that they always agree.</summary>
    public ViewBuilder Snapshot()
    {
        _isSnapshot = true;
        return this;
    }

    /// <summary>Adds a section whose failure fails the view; without a row the view is not found.</summary>
    public ViewBuilder Required(string name, SectionSource source, Action<SectionBuilder>? describe = null) => AddSection(name, source, isRequired: true, describe);

    /// <summary>Adds a section whose failure leaves null and is named in <c>metadata.errors</c>.</summary>
    public ViewBuilder Optional(string name, SectionSource source, Action<SectionBuilder>? describe = null) => AddSection(name, source, isRequired: false, describe);

    /// <summary>Checks the description and makes the view.</summary>
    /// <exception cref="InvalidOperationException">
    /// Two parameters or sections share a name, a section uses what the view does not have, sections depend on each other in a circle, or there is no section.
    /// </exception>
    public View Build() =>
        new(_name, new ViewDefinition(_parameters.ToImmutable(), _sections.ToImmutable(), _policy, _application, _tags.ToImmutable(), _isSnapshot));

    private ViewBuilder AddParameter<T>(ViewParameter parameter, Action<ViewParameterBuilder<T>>? describe)
    {
        CheckName(parameter.Name, _parameters.Any(other => other.Name == parameter.Name), "parameter");
        var builder = new ViewParameterBuilder<T>(parameter);
        describe?.Invoke(builder);
        _parameters.Add(builder.Parameter);
        return this;
    }

    private ViewBuilder AddSection(string name, SectionSource source, bool isRequired, Action<SectionBuilder>? describe)
    {
        ArgumentNullException.ThrowIfNull(source);
        CheckName(name, _sections.Any(other => other.Name == name), "section");
        var builder = new SectionBuilder(new Section(name, source, isRequired));
        describe?.Invoke(builder);
        _sections.Add(builder.Section);
        return this;
    }

    private void CheckName(string name, bool isTaken, string kind)
    {
        if (!SnakeCase().IsMatch(name) || name.Length > MaxNameLength)
        {
            throw new InvalidOperationException($"View '{_name}': the name of a {kind} is in snake_case, at most {MaxNameLength} characters: '{name}' is not.");
        }

        if (isTaken)
        {
            throw new InvalidOperationException($"View '{_name}' has two {kind}s named '{name}'.");
        }
    }

    private static Type TypeOf<T>() =>
        ViewArgumentsBinder.CanBind(typeof(T)) ? typeof(T) : throw new InvalidOperationException($"A parameter of a view cannot be of type {typeof(T).Name}.");

    [GeneratedRegex("^[a-z][a-z0-9]*(-[a-z0-9]+)*$")]
    private static partial Regex KebabCase();

    [GeneratedRegex("^[a-z][a-z0-9_]*$")]
    private static partial Regex SnakeCase();
}
