using Larder.SqlAnalysis.Statements;

namespace Larder.Explain;

/// <summary>Parameters by name, or by position where the statement has <c>$1</c>.</summary>
internal readonly struct NamedParameters(IReadOnlyList<KeyValuePair<string, object?>> values) : ISqlParameters
{
    public bool TryGet(in SqlParameterReference parameter, out object? value)
    {
        if (parameter.Ordinal >= 0 && parameter.Ordinal < values.Count)
        {
            value = values[parameter.Ordinal].Value;
            return true;
        }

        foreach (var (name, bound) in values)
        {
            if (parameter.Name.Length > 1 && parameter.Name.AsSpan(1).SequenceEqual(name.AsSpan().TrimStart("@:$")))
            {
                value = bound;
                return true;
            }
        }

        value = null;
        return false;
    }
}
