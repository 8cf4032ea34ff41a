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

    internal string PathFor(SectionInputs inputs) => InputTemplate.Fill(Path, inputs, Uri.EscapeDataString);
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
