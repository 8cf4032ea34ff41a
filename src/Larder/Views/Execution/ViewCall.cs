using System.Text.Json;
using Larder.Caching;

namespace Larder.Views.Execution;

/// <summary>One call of a view: its arguments and what has come of its sections so far.</summary>
internal readonly record struct ViewCall(ViewArguments Arguments, SectionRun[] Runs)
{
    public View View => Arguments.View;

    public bool IsSwitchedOn(PlannedSection planned) =>
        planned.SwitchIndex is not { } index || Arguments[View.Parameters[index].Name] is not (null or false);

    /// <exception cref="SectionFailedException">A section that this one depends on failed.</exception>
    public SectionInputs InputsOf(PlannedSection planned, JsonSerializerOptions json)
    {
        var values = new object?[planned.Inputs.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = ValueOf(planned.Inputs[i], json);
        }

        return new SectionInputs(planned.Inputs, values);
    }

    /// <summary><c>bff:{app}:{view}/{section}:{input1}:…:{fingerprint}</c>.</summary>
    public string KeyOf(SectionRun run, string application)
    {
        var inputs = run.Inputs!;
        var parts = new string?[inputs.Count + 1];
        for (var i = 0; i < inputs.Count; i++)
        {
            var value = inputs[i].Value;
            parts[i] = value is null ? null : InputTemplate.Text(value);
        }

        parts[^1] = run.Planned.Fingerprint;
        return CacheKeyFormat.Build(View.Application ?? application, $"{View.Name}/{run.Section.Name}", parts);
    }

    public string[] TagsOf(SectionRun run)
    {
        var templates = run.Planned.Tags;
        var tags = templates.Length == 0 ? [] : new string[templates.Length];
        for (var i = 0; i < tags.Length; i++)
        {
            tags[i] = InputTemplate.Fill(templates[i], run.Inputs!);
        }

        return tags;
    }

    private object? ValueOf(SectionInput input, JsonSerializerOptions json)
    {
        if (input.ParameterIndex is { } index)
        {
            return Arguments[View.Parameters[index].Name];
        }

        if (input.Compute is { } compute)
        {
            return compute(Arguments);
        }

        var dependency = Runs[View.Plan.IndexOf(input.Dependency!)];
        if (dependency.Failure is { } failure)
        {
            throw new SectionFailedException(new SectionFailure(SectionFailureKind.Dependency, failure.Exception));
        }

        // A dependency is always read from its JSON, found or just loaded, so that both give the same.
        return dependency.Fragment is { IsNull: false } fragment && JsonSerializer.Deserialize(fragment.Json.Span, input.DependencyType!, json) is { } value
            ? input.Pick!(value)
            : null;
    }
}
