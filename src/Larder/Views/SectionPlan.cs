using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Larder.Views.Sources;

namespace Larder.Views;

/// <summary>The order in which the sections of a view run: level by level, all sections of one level together.</summary>
internal sealed class SectionPlan
{
    private SectionPlan(ImmutableArray<PlannedSection> sections)
    {
        Sections = sections;
        Fingerprint = Digest(string.Join('\n', sections.Select(
            section => $"{section.Section.Name} {section.Fingerprint} {section.Section.Placement} {section.Section.IsRequired} {section.Section.Switch}")));
        Levels = [.. sections.GroupBy(section => section.Level).OrderBy(level => level.Key).Select(level => level.ToImmutableArray())];
    }

    /// <summary>By their position in the view.</summary>
    public ImmutableArray<PlannedSection> Sections { get; }

    public ImmutableArray<ImmutableArray<PlannedSection>> Levels { get; }

    /// <summary>Changes with the definition of any section and with what is shown of it.</summary>
    public string Fingerprint { get; }

    /// <summary>Held while a call of a snapshot view looks its SQL sections up, so that calls do not share them out among themselves.</summary>
    public Lock SnapshotGate { get; } = new();

    public int IndexOf(string section)
    {
        for (var i = 0; i < Sections.Length; i++)
        {
            if (Sections[i].Section.Name == section)
            {
                return i;
            }
        }

        return -1;
    }

    /// <exception cref="InvalidOperationException">The definition does not hold together; the message says where.</exception>
    public static SectionPlan Create(View view)
    {
        if (view.Sections.IsEmpty)
        {
            throw new InvalidOperationException($"View '{view.Name}' has no section.");
        }

        var inputs = view.Sections.Select(section => InputsOf(view, section)).ToArray();
        CheckTags(view, inputs);
        CheckSnapshot(view);
        var levels = Enumerable.Repeat(-1, view.Sections.Length).ToArray();
        for (var i = 0; i < levels.Length; i++)
        {
            LevelOf(view, inputs, levels, i, []);
        }

        return new SectionPlan([.. view.Sections.Select((section, i) => Planned(view, section, inputs[i], levels[i], i))]);
    }

    private static string Digest(string definition) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(definition)).AsSpan(0, 4));

    private static void CheckTags(View view, SectionInput[][] inputs)
    {
        var used = inputs.SelectMany(section => section).Select(input => input.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var tag in view.Tags)
        {
            if (InputTemplate.NamesIn(tag).FirstOrDefault(name => !used.Contains(name)) is { } unknown)
            {
                throw new InvalidOperationException($"View '{view.Name}': no section uses '{unknown}' of the tag '{tag}'.");
            }
        }
    }

    private static void CheckSnapshot(View view)
    {
        var databases = view.Sections.Select(section => section.Source).OfType<SqlSource>().Select(source => source.DatabaseName).Distinct(StringComparer.Ordinal).ToArray();
        if (view.IsSnapshot && databases.Length != 1)
        {
            throw new InvalidOperationException($"View '{view.Name}' reads one snapshot, which is of one database; its SQL sections read {databases.Length}.");
        }
    }

    private static PlannedSection Planned(View view, Section section, SectionInput[] inputs, int level, int index)
    {
        if (view.IsSnapshot && section.Source is SqlSource && level > 0)
        {
            throw new InvalidOperationException($"View '{view.Name}' reads one snapshot, so its SQL section '{section.Name}' cannot wait for another section.");
        }

        int? switchIndex = section.Switch is { } name
            ? view.HasParameter(name) ? view.IndexOfParameter(name) : throw Wrong(view, section, $"is switched by '{name}', which is no parameter of the view")
            : null;
        var definition = $"{section.Source.Definition}\n{string.Join(',', inputs.Select(input => input.Name))}";
        var fingerprint = Digest(definition);
        var tags = view.Tags.Where(tag => InputTemplate.NamesIn(tag).All(parameter => inputs.Any(input => input.Name == parameter))).ToImmutableArray();
        return new PlannedSection(index, section, inputs, level, switchIndex, fingerprint, tags);
    }

    private static SectionInput[] InputsOf(View view, Section section)
    {
        var bindings = section.Source.Bindings;
        var byName = new Dictionary<string, SectionInput>(StringComparer.Ordinal);
        foreach (var binding in bindings)
        {
            var input = binding.Compute is null && binding.Pick is null ? ParameterInput(view, section, binding.Name) : binding;
            // What is only computed has no key, so it may be given whole sections.
            if (section.Source.IsAsked && !InputText.CanWrite(input.Type))
            {
                throw Wrong(view, section, $"has the input '{input.Name}' of type {input.Type.Name}, which cannot be part of a cache key: use scalars or lists of them");
            }

            if (!byName.TryAdd(input.Name, input))
            {
                throw Wrong(view, section, $"binds the input '{input.Name}' twice");
            }
        }

        foreach (var name in section.Source.MentionedInputs)
        {
            if (!byName.ContainsKey(name))
            {
                byName.Add(name, ParameterInput(view, section, name));
            }
        }

        foreach (var input in byName.Values.Where(input => input.Dependency is not null))
        {
            var dependency = view.Sections.FirstOrDefault(other => other.Name == input.Dependency)
                ?? throw Wrong(view, section, $"depends on '{input.Dependency}', which is no section of the view");
            if (dependency.Source.ResultType != input.DependencyType)
            {
                throw Wrong(view, section, $"reads '{input.Dependency}' as {input.DependencyType!.Name}, but it is a {dependency.Source.ResultType.Name}");
            }
        }

        return [.. byName.Values.OrderBy(input => input.ParameterIndex ?? int.MaxValue).ThenBy(input => input.Name, StringComparer.Ordinal)];
    }

    private static SectionInput ParameterInput(View view, Section section, string name)
    {
        if (!view.HasParameter(name))
        {
            throw Wrong(view, section, $"uses '{name}', which is neither a parameter of the view nor bound with With or From");
        }

        var index = view.IndexOfParameter(name);
        return new SectionInput(name, view.Parameters[index].Type) { ParameterIndex = index };
    }

    private static int LevelOf(View view, SectionInput[][] inputs, int[] levels, int index, ImmutableArray<int> path)
    {
        if (path.Contains(index))
        {
            throw new InvalidOperationException($"View '{view.Name}': sections depend on each other in a circle: {string.Join(" -> ", path.Add(index).Select(i => view.Sections[i].Name))}.");
        }

        if (levels[index] < 0)
        {
            var level = 0;
            foreach (var input in inputs[index].Where(input => input.Dependency is not null))
            {
                var dependency = view.Sections.ToList().FindIndex(other => other.Name == input.Dependency);
                level = Math.Max(level, LevelOf(view, inputs, levels, dependency, path.Add(index)) + 1);
            }

            levels[index] = level;
        }

        return levels[index];
    }

    private static InvalidOperationException Wrong(View view, Section section, string what) => new($"View '{view.Name}': section '{section.Name}' {what}.");
}
