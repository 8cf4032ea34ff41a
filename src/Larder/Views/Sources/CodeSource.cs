using System.Collections.Immutable;

namespace Larder.Views.Sources;

/// <summary>A section that code makes.</summary>
public abstract class CodeSource : SectionSource
{
    private protected CodeSource(ImmutableArray<SectionInput> bindings)
        : base(bindings)
    {
    }

    internal override IReadOnlyList<string> MentionedInputs => [];

    internal abstract ValueTask<object?> RunAsync(CodeContext context, CancellationToken cancellationToken);
}

/// <summary>A section that code makes as a <typeparamref name="T"/>.</summary>
/// <typeparam name="T">The type of the section's value.</typeparam>
public sealed class CodeSource<T> : CodeSource
{
    private readonly Func<CodeContext, CancellationToken, ValueTask<object?>> _run;
    private readonly Delegate _code;

    internal CodeSource(
        Func<CodeContext, CancellationToken, ValueTask<object?>> run,
        bool isAsked,
        Delegate code,
        ImmutableArray<SectionInput> bindings = default)
        : base(bindings.IsDefault ? [] : bindings)
    {
        _run = run;
        _code = code;
        IsAsked = isAsked;
    }

    /// <inheritdoc />
    public override Type ResultType => typeof(T);

    internal override bool IsAsked { get; }

    internal override string Definition => $"code {SourceDefinitions.Of(typeof(T), _code)} {_code.Method.Name}";

    internal override ValueTask<object?> RunAsync(CodeContext context, CancellationToken cancellationToken) => _run(context, cancellationToken);

    internal override SectionSource WithBinding(SectionInput binding) => new CodeSource<T>(_run, IsAsked, _code, Bindings.Add(binding));
}
