using System.Data.Common;
using Larder.Freshness;
using Larder.SqlAnalysis.Statements;

namespace Larder.Views.Execution;

/// <summary>What a section's own result tells of its lookups, collected while its rows are read.</summary>
/// <param name="column">The column that tells.</param>
internal sealed class ToldValues(ResultColumn column)
{
    private readonly HashSet<object> _seen = [];
    private int? _ordinal;
    private bool _hasNull;
    private bool _isUnknown;

    /// <summary>Takes the current row.</summary>
    public void Take(DbDataReader reader)
    {
        _ordinal ??= OrdinalIn(reader);
        if (_isUnknown || _ordinal is not { } ordinal)
        {
            return;
        }

        try
        {
            if (reader.IsDBNull(ordinal))
            {
                _hasNull = true;
            }
            else
            {
                _seen.Add(reader.GetValue(ordinal));
            }
        }
        catch (Exception exception) when (exception is InvalidCastException or NotSupportedException or FormatException or OverflowException)
        {
            _isUnknown = true;
        }

        _isUnknown |= _seen.Count > Lookup.MaxValues;
    }

    /// <summary>The values; null: not known.</summary>
    /// <param name="isComplete">All rows were read.</param>
    public IReadOnlyList<object?>? Tell(bool isComplete) => _isUnknown ? null : column.Tell(_hasNull ? [.. _seen, null] : [.. _seen], isComplete);

    private int? OrdinalIn(DbDataReader reader)
    {
        int? found = null;
        for (var i = 0; i < reader.FieldCount; i++)
        {
            if (string.Equals(reader.GetName(i), column.Name, StringComparison.OrdinalIgnoreCase))
            {
                _isUnknown |= found is not null;
                found = i;
            }
        }

        _isUnknown |= found is null;
        return found;
    }
}
