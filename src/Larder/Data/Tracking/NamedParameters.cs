using System.Collections;
using Larder.SqlAnalysis;
using Larder.SqlAnalysis.Statements;

namespace Larder.Data.Tracking;

/// <summary>Values by their names, with or without the sign, or in the order of <c>$1</c>, <c>$2</c>.</summary>
internal readonly struct NamedParameters(IReadOnlyList<KeyValuePair<string, object?>> parameters, SqlDialect dialect) : ISqlParameters
{
    public bool TryGet(in SqlParameterReference parameter, out object? value)
    {
        if (parameter.Ordinal >= 0 && parameter.Ordinal < parameters.Count)
        {
            value = parameters[parameter.Ordinal].Value;
            return IsSentAsItIs(value, dialect);
        }

        for (var i = 0; i < parameters.Count; i++)
        {
            if (parameter.Name.Length > 1 && parameter.Name.AsSpan(1).SequenceEqual(parameters[i].Key.AsSpan().TrimStart("@:$")))
            {
                value = parameters[i].Value;
                return IsSentAsItIs(value, dialect);
            }
        }

        value = null;
        return false;
    }

    // What a driver sends as another type than a column's may be rounded on its way.
    private static bool IsSentAsItIs(object? value, SqlDialect dialect) => value
        is null or DBNull or string or bool or Guid or byte or sbyte or short or ushort or int or uint or long
        || (value is ICollection && dialect == SqlDialect.PostgreSql);
}
