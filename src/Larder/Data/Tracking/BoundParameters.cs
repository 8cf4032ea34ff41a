using System.Collections.Immutable;
using System.Data.Common;
using Larder.SqlAnalysis;
using Larder.SqlAnalysis.Statements;

namespace Larder.Data.Tracking;

/// <summary>
/// The values that a write's tags depend on, as they were when it was executed: while its reader is open, the caller may set its parameters for the
/// next execution.
/// </summary>
internal readonly struct BoundParameters : ISqlParameters
{
    private readonly Dictionary<SqlParameterReference, object?> _values = [];

    public BoundParameters(ImmutableArray<StatementAnalysis> statements, DbParameterCollection parameters, SqlDialect dialect)
    {
        var bound = new DbSqlParameters(parameters, dialect);
        foreach (var column in statements.SelectMany(statement => statement.Writes).SelectMany(write => write.Columns))
        {
            Keep(column.Old, bound);
            Keep(column.New, bound);
        }
    }

    public bool TryGet(in SqlParameterReference parameter, out object? value) => _values.TryGetValue(parameter, out value);

    private void Keep(ImmutableArray<ValueSource> sources, DbSqlParameters bound)
    {
        foreach (var source in sources)
        {
            if (source.IsParameter && bound.TryGet(source.Parameter, out var value))
            {
                // A collection is the caller's to change, too.
                _values[source.Parameter] = value is System.Collections.ICollection elements ? elements.Cast<object?>().ToArray() : value;
            }
        }
    }
}
