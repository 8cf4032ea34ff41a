using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using Larder.Caching;
using Larder.Freshness;

namespace Larder.Views.Execution;

/// <summary>One call of a view: its arguments and what has come of its sections so far.</summary>
internal readonly record struct ViewCall(ViewArguments Arguments, SectionRun[] Runs)
{
    public View View => Arguments.View;

    /// <summary>What the caller must see.</summary>
    public WriteToken Token { get; init; }

    /// <summary>Whether nothing is taken from the cache or put into it.</summary>
    public bool IsPastTheCache { get; init; }

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

    /// <summary><c>bff:{app}:{view}/{section}:{input1}:…:{fingerprint}</c>, and what else a snapshot is of.</summary>
    public string KeyOf(SectionRun run, string application, string? snapshotKey)
    {
        var inputs = run.Inputs!;
        var parts = new List<string?>(inputs.Count + 2);
        for (var i = 0; i < inputs.Count; i++)
        {
            parts.Add(inputs[i].Value is { } value ? InputText.Of(value) : null);
        }

        parts.Add(run.Planned.Fingerprint);
        if (snapshotKey is not null)
        {
            parts.Add(snapshotKey);
        }

        return CacheKeyFormat.Build(View.Application ?? application, $"{View.Name}/{run.Section.Name}", parts.ToArray());
    }

    /// <summary>
    /// Names the sections that are read together and all they are read for. Sections of one snapshot are kept apart from those of
    /// another set or other arguments: where they shared some, each call would have to reload what the other one had read.
    /// </summary>
    public string SnapshotKeyOf(IReadOnlyList<SectionRun> runs)
    {
        var parts = new List<string?>();
        foreach (var run in runs)
        {
            parts.Add(run.Section.Name);
            for (var i = 0; i < run.Inputs!.Count; i++)
            {
                parts.Add(run.Inputs[i].Value is { } value ? InputText.Of(value) : null);
            }
        }

        // Key builder's escapes keep the parts apart; its digest keeps the key short.
        var text = CacheKeyFormat.Build("snapshot", View.Name, parts.ToArray());
        return Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(text.AsSpan())).AsSpan(0, 16));
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
