namespace Erp.Database;

/// <summary>A table as rows are loaded into it: the columns in the order in which rows bring their values.</summary>
/// <param name="Key">The columns that identify a row.</param>
internal sealed record TableDefinition(string Name, IReadOnlyList<string> Key, IReadOnlyList<ColumnDefinition> Columns)
{
    /// <summary>True when the database numbers rows that bring no id.</summary>
    public bool HasGeneratedId => Key is ["id"];

    public int IndexOf(string column)
    {
        for (var i = 0; i < Columns.Count; i++)
        {
            if (Columns[i].Name == column)
                return i;
        }
        throw new ArgumentException($"{Name} has no column {column}.", nameof(column));
    }
}
