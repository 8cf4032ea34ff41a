using System.Collections.Immutable;

namespace Larder.Views.Sources;

/// <summary>A section that a GET request reads.</summary>
public abstract class HttpSource : SectionSource
{
    private protected HttpSource(string client, string path, ImmutableArray<SectionInput> bindings)
        : base(bindings)
    {
        ArgumentException.ThrowIfNullOrEmpty(client);
        ArgumentNullException.ThrowIfNull(path);
        Client = client;
        Path = path;
        MentionedInputs = InputTemplate.NamesIn(path);
    }

    /// <summary>The name of the client.</summary>
    public string Client { get; }

    /// <summary>The path, with <c>{name}</c> for inputs.</summary>
    public string Path { get; }

    internal override IReadOnlyList<string> MentionedInputs { get; }

    /// <summary>
    /// The path for the inputs. Null where a segment of it is empty or dots only: nothing can be there, and the address without the
    /// segment, or of the folder above, is another thing.
    /// </summary>
    internal string? PathFor(SectionInputs inputs)
    {
        var path = InputTemplate.Fill(Path, inputs, Uri.EscapeDataString);
        // Escaped inputs contain neither slash nor question mark, so the segments stand where they stand in the template.
        return SegmentsOf(path).Zip(SegmentsOf(Path)).Any(pair => pair.First is "" or "." or ".." && pair.Second.Contains('{')) ? null : path;
    }

    private static string[] SegmentsOf(string path) => path.Split('?')[0].Split('/');
}

/// <summary>A section that a GET request reads as a <typeparamref name="T"/>.</summary>
/// <typeparam name="T">The type of the section's value.</typeparam>
public sealed class HttpSource<T> : HttpSource
{
    internal HttpSource(string client, string path, ImmutableArray<SectionInput> bindings)
        : base(client, path, bindings)
    {
    }

    /// <inheritdoc />
    public override Type ResultType => typeof(T);

    internal override string Definition => $"http {Client} {Path} {SourceDefinitions.Of(typeof(T))}";

    internal override SectionSource WithBinding(SectionInput binding) => new HttpSource<T>(Client, Path, Bindings.Add(binding));
}
