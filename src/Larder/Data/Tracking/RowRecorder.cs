using System.Data.Common;
using Larder.SqlAnalysis;
using Larder.SqlAnalysis.Statements;

namespace Larder.Data.Tracking;

/// <summary>Notes what RETURNING gives back of the columns whose values are named in tags.</summary>
internal sealed class RowRecorder
{
    /// <summary>One more than a column has tags for: with more rows the column's wildcard is written anyway.</summary>
    private const int MaxRows = WriteSetBuilder.MaxTagsOfColumn + 1;

    private readonly StatementAnalysis _statement;
    private readonly bool _isAdded;
    private readonly SqlDialect _dialect;
    private readonly List<object?[]> _rows = [];
    private Dictionary<string, int>? _places;
    private int[] _ordinals = [];

    /// <param name="statement">A statement with a target.</param>
    /// <param name="isAdded">Whether RETURNING was added by the data layer; otherwise the statement has one.</param>
    /// <param name="dialect">Whose names the columns have.</param>
    public RowRecorder(StatementAnalysis statement, bool isAdded, SqlDialect dialect) => (_statement, _isAdded, _dialect) = (statement, isAdded, dialect);

    /// <summary>How many rows came.</summary>
    public long Count { get; private set; }

    public IReadOnlyList<object?[]> Rows => _rows;

    /// <summary>The place of each column in a row of <see cref="Rows"/>; null before the first row.</summary>
    public IReadOnlyDictionary<string, int>? Places => _places;

    public void Record(DbDataReader reader)
    {
        _places ??= FindColumns(reader);
        Count++;
        if (_rows.Count == MaxRows)
        {
            return;
        }

        var row = new object?[_ordinals.Length];
        for (var i = 0; i < row.Length; i++)
        {
            row[i] = reader.GetValue(_ordinals[i]);
        }

        _rows.Add(row);
    }

    private Dictionary<string, int> FindColumns(DbDataReader reader)
    {
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        var ordinals = new List<int>();
        foreach (var (name, ordinal) in Columns(reader))
        {
            var isNamed = _statement.Target!.Relation.Column(name) is { EligibleIndex: >= 0 };
            if (isNamed && ordinal < reader.FieldCount && places.TryAdd(name, ordinals.Count))
            {
                ordinals.Add(ordinal);
            }
        }

        _ordinals = [.. ordinals];
        return places;
    }

    private IEnumerable<(string Name, int Ordinal)> Columns(DbDataReader reader)
    {
        if (_isAdded)
        {
            return _statement.ReturningColumns.Select((column, i) => (column.Name, i));
        }

        // SQLite's names are in lower case in the schema's model, and as they were written in a result.
        return _statement.Returned is [{ Ordinal: < 0 }]
            ? Enumerable.Range(0, reader.FieldCount).Select(i => (_dialect == SqlDialect.Sqlite ? reader.GetName(i).ToLowerInvariant() : reader.GetName(i), i))
            : _statement.Returned.Select(column => (column.Column, column.Ordinal));
    }
}
