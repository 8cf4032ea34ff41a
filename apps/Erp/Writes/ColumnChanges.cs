using Dapper;

namespace Erp.Writes;

/// <summary>The columns that a PUT changes: those whose member the body has. Null is a value like any other where the column takes it.</summary>
internal sealed class ColumnChanges(JsonMembers body)
{
    private readonly Dictionary<string, object?> _values = [];

    public object? this[string column] => _values.GetValueOrDefault(column);

    public ColumnChanges Text(string name, int maxLength) => Add(name, isNullable: false, () => body.RequiredText(name, maxLength));

    public ColumnChanges NullableText(string name, int maxLength) => Add(name, isNullable: true, () => body.RequiredText(name, maxLength));

    public ColumnChanges NullableId(string name) => Add(name, isNullable: true, () => body.RequiredId(name));

    public ColumnChanges Flag(string name) => Add(name, isNullable: false, () => body.RequiredFlag(name));

    /// <summary>Notes an error when the body changes nothing.</summary>
    public ColumnChanges RefuseNone(RequestErrors errors)
    {
        if (_values.Count == 0 && errors.IsEmpty)
            errors.Add(RequestErrors.Body, "At least one member must be given.");
        return this;
    }

    /// <param name="table">A constant of the caller: it becomes part of the SQL, as do the names of the columns.</param>
    /// <returns>False when there is no such row.</returns>
    public async Task<bool> UpdateAsync(WriteContext write, string table, long id)
    {
        var parameters = new DynamicParameters();
        parameters.Add("id", id);
        foreach (var (column, value) in _values)
            parameters.Add(column, value);
        var assignments = string.Join(", ", _values.Keys.Select(column => $"{column} = @{column}"));
        return await write.ExecuteAsync($"UPDATE {table} SET {assignments} WHERE id = @id", parameters) == 1;
    }

    private ColumnChanges Add(string name, bool isNullable, Func<object?> read)
    {
        if (body.Has(name))
            _values[name] = isNullable && body.IsNull(name) ? null : read();
        return this;
    }
}
