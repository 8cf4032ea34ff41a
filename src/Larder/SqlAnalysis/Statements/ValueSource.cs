namespace Larder.SqlAnalysis.Statements;

/// <summary>How a parameter is found: by its name, with the sign before it, or by its position from 0.</summary>
internal readonly record struct SqlParameterReference(string Name, int Ordinal)
{
    public static SqlParameterReference Of(ReadOnlySpan<char> written) =>
        new(written.ToString(), written.Length > 1 && written[0] == '$' && int.TryParse(written[1..], out var number) ? number - 1 : -1);
}

/// <summary>The parameters of one execution.</summary>
internal interface ISqlParameters
{
    /// <summary>The value that is bound; false where it is missing, or where what is stored may differ from it.</summary>
    bool TryGet(in SqlParameterReference parameter, out object? value);
}

/// <summary>A qualified column, <c>alias.name</c>, of which no table of its own block has the alias.</summary>
internal sealed record OuterColumn(QueryScope From, string Alias, string Name);

/// <summary>Where a value that a statement names comes from.</summary>
internal readonly struct ValueSource
{
    private ValueSource(object? constant, SqlParameterReference parameter, bool isParameter, bool isArray, OuterColumn? outer = null)
    {
        Outer = outer;
        Constant = constant;
        Parameter = parameter;
        IsParameter = isParameter;
        IsArray = isArray;
    }

    /// <summary>The literal's value: a long, a string, a bool; null for NULL.</summary>
    public object? Constant { get; }

    public SqlParameterReference Parameter { get; }

    public bool IsParameter { get; }

    /// <summary>Whether the parameter is an array, of which each element counts.</summary>
    public bool IsArray { get; }

    /// <summary>The column of a block around this one whose values these are; null for a value. <see cref="PinResolver"/> puts values in its place.</summary>
    public OuterColumn? Outer { get; }

    public static ValueSource Of(OuterColumn outer) => new(null, default, false, false, outer);

    public static ValueSource Literal(object? value) => new(value, default, false, false);

    public static ValueSource Bound(SqlParameterReference parameter, bool isArray = false) => new(null, parameter, true, isArray);

    public override string ToString() => IsParameter ? Parameter.Name : Constant?.ToString() ?? "NULL";
}
