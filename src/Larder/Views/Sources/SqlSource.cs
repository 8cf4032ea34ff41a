using System.Collections.Immutable;
using Larder.Data;

namespace Larder.Views.Sources;

/// <summary>A section that one SQL statement reads.</summary>
public abstract class SqlSource : SectionSource
{
    private protected SqlSource(string text, string database, ImmutableArray<SectionInput> bindings)
        : base(bindings)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(text);
        Text = text;
        DatabaseName = database;
        MentionedInputs = SqlParameterNames.Find(text);
    }

    /// <summary>The statement.</summary>
    public string Text { get; }

    /// <summary>The name of the <see cref="SqlDatabase"/> it is run on.</summary>
    public string DatabaseName { get; }

    internal override IReadOnlyList<string> MentionedInputs { get; }

    /// <summary>Reads the current result set; null: no row.</summary>
    internal abstract ValueTask<object?> ReadAsync(SqlReadContext context, CancellationToken cancellationToken);
}

/// <summary>A section that one SQL statement reads as a <typeparamref name="T"/>.</summary>
/// <typeparam name="T">The type of the section's value.</typeparam>
public sealed class SqlSource<T> : SqlSource
{
    private readonly Func<SqlReadContext, CancellationToken, ValueTask<object?>> _read;
    private readonly ImmutableArray<Delegate> _shapes;

    internal SqlSource(
        string text,
        Func<SqlReadContext, CancellationToken, ValueTask<object?>> read,
        string database = SqlDatabase.DefaultName,
        ImmutableArray<SectionInput> bindings = default,
        ImmutableArray<Delegate> shapes = default)
        : base(text, database, bindings.IsDefault ? [] : bindings)
    {
        _read = read;
        _shapes = shapes.IsDefault ? [] : shapes;
    }

    /// <inheritdoc />
    public override Type ResultType => typeof(T);

    internal override string Definition => $"sql {DatabaseName} {SourceDefinitions.Of(typeof(T), [.. _shapes])} {Text}";

    /// <summary>Shapes what was read; not called when there is no row.</summary>
    public SqlSource<TOut> Select<TOut>(Func<T, TOut> shape)
        where TOut : notnull =>
        Shape<TOut>((value, _) => shape(value)!, shape);

    /// <summary>Shapes what was read with the inputs it was read for; not called when there is no row.</summary>
    public SqlSource<TOut> Select<TOut>(Func<T, SectionInputs, TOut> shape)
        where TOut : notnull =>
        Shape<TOut>((value, inputs) => shape(value, inputs)!, shape);

    /// <summary>Runs the statement on another database than the default one.</summary>
    public SqlSource<T> On(string database) => new(Text, _read, database, Bindings, _shapes);

    internal override ValueTask<object?> ReadAsync(SqlReadContext context, CancellationToken cancellationToken) => _read(context, cancellationToken);

    internal override SectionSource WithBinding(SectionInput binding) => new SqlSource<T>(Text, _read, DatabaseName, Bindings.Add(binding), _shapes);

    private SqlSource<TOut> Shape<TOut>(Func<T, SectionInputs, object> shape, Delegate code)
    {
        var read = _read;
        return new(
            Text,
            async (context, cancellationToken) => await read(context, cancellationToken).ConfigureAwait(false) is T value ? shape(value, context.Inputs) : null,
            DatabaseName,
            Bindings,
            _shapes.Add(code));
    }
}
