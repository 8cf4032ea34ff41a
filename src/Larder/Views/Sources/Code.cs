namespace Larder.Views.Sources;

/// <summary>Sections made by code.</summary>
public static class Code
{
    /// <summary>
    /// Asks something outside: a service, a file, another process. It runs for several callers at once and outlives any one request, so
    /// it gets a service scope of its own. Its result is cached; null means that there is none.
    /// </summary>
    public static CodeSource<T> Ask<T>(Func<CodeContext, CancellationToken, ValueTask<T?>> ask)
        where T : class =>
        new(async (context, cancellationToken) => await ask(context, cancellationToken).ConfigureAwait(false), isAsked: true, ask);

    /// <summary>Computes the section from its inputs; nothing is asked and nothing cached.</summary>
    public static CodeSource<T> Compute<T>(Func<SectionInputs, T> compute)
        where T : notnull =>
        new((context, _) => ValueTask.FromResult<object?>(compute(context.Inputs)), isAsked: false, compute);
}
