using Erp.Database;

namespace Erp.Import;

/// <summary>The keys and unique values seen so far, to find references that lead nowhere and values that are there twice.</summary>
internal sealed class KnownRows
{
    private readonly Dictionary<string, HashSet<long>> _ids = [];
    private readonly Dictionary<string, HashSet<string>> _values = [];
    private readonly Dictionary<string, HashSet<(long, long, long)>> _keys = [];
    private readonly HashSet<string> _unreadable = [];

    /// <summary>References to this table are no longer checked: its file has a fault that is reported already and would be again by every row that refers to it.</summary>
    public void MarkUnreadable(TableDefinition table) => _unreadable.Add(table.Name);

    public bool Has(string table, long id) =>
        _unreadable.Contains(table) || (_ids.TryGetValue(table, out var ids) && ids.Contains(id));

    /// <summary>Notes the row's key. False: another row has it.</summary>
    public bool AddKey(TableDefinition table, object?[] row)
    {
        if (table.HasGeneratedId)
            return Set(_ids, table.Name).Add((long)row[0]!);
        var parts = table.Key.Select(column => Convert.ToInt64(row[table.IndexOf(column)])).ToArray();
        return Set(_keys, table.Name).Add((parts[0], parts[1], parts.Length > 2 ? parts[2] : 0));
    }

    /// <summary>Notes a value of a unique column. False: another row has it.</summary>
    public bool AddValue(TableDefinition table, ColumnDefinition column, string value) => Set(_values, $"{table.Name}.{column.Name}").Add(value);

    private static HashSet<T> Set<T>(Dictionary<string, HashSet<T>> sets, string name)
    {
        if (!sets.TryGetValue(name, out var set))
            sets[name] = set = [];
        return set;
    }
}
