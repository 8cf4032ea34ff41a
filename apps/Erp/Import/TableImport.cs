using System.Runtime.CompilerServices;
using Erp.Database;

namespace Erp.Import;

/// <summary>Reads the rows of one file and lets those through that can be loaded; from the first rejection on, none, and the rest is only checked.</summary>
internal sealed class TableImport(TableDefinition table, CsvFile file, KnownRows known, Totals totals, ImportReport report)
{
    // A category may stand before its parent; whether that exists is known at the end of the file.
    private readonly List<(long Line, string Column, long Id)> _openReferences = [];
    private readonly List<(string? Column, string Reason)> _reasons = [];
    private readonly string _name = $"{table.Name}.csv";

    /// <summary>For each column of the table its place in the file, or -1.</summary>
    private int[] _places = [];
    private int _width;

    public async IAsyncEnumerable<object?[]> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!await ReadHeaderAsync(cancellationToken))
        {
            known.MarkUnreadable(table);
            yield break;
        }
        while (await file.ReadAsync(cancellationToken) is { } record)
        {
            report.AddRead(_name);
            _reasons.Clear();
            var row = Convert(record);
            // Who this row was cannot be said, so it cannot be said either which references to it lead nowhere.
            if (record.IsLast || table.Key.Any(column => row[table.IndexOf(column)] is null))
                known.MarkUnreadable(table);
            if (_reasons.Count > 0)
                await report.RejectAsync(_name, record.Line, _reasons);
            else if (report.Rejected == 0)
                yield return row;
            if (record.IsLast)
                break;
        }
        foreach (var (line, column, id) in _openReferences.Where(reference => !known.Has(table.Name, reference.Id)))
            await report.RejectAsync(_name, line, [(column, $"{id} is not an id in {_name}")]);
    }

    private async Task<bool> ReadHeaderAsync(CancellationToken cancellationToken)
    {
        if (await file.ReadAsync(cancellationToken) is not { Problem: null } header)
        {
            await report.RejectAsync(_name, 1, [(null, "the file is empty or its header row cannot be read")]);
            return false;
        }
        var names = header.Fields.Select(name => name.Trim()).ToList();
        var reasons = names.Where(name => table.Columns.All(column => column.Name != name))
            .Select(name => ((string?)name, "the table has no such column"))
            .Concat(names.GroupBy(name => name).Where(group => group.Count() > 1).Select(group => ((string?)group.Key, "the column is there twice")))
            .Concat(table.Columns.Where(column => !column.IsExtra && !names.Contains(column.Name)).Select(column => ((string?)column.Name, "the column is missing")))
            .ToList();
        if (reasons.Count > 0)
            await report.RejectAsync(_name, header.Line, reasons);
        _places = [.. table.Columns.Select(column => names.IndexOf(column.Name))];
        _width = names.Count;
        return reasons.Count == 0;
    }

    private object?[] Convert(CsvRecord record)
    {
        var row = new object?[table.Columns.Count];
        if (record.Problem is { } problem)
        {
            _reasons.Add((null, problem));
            return row;
        }
        if (record.Fields.Length != _width)
        {
            _reasons.Add((null, $"the row has {record.Fields.Length} fields, the header {_width}"));
            return row;
        }
        for (var i = 0; i < row.Length; i++)
            row[i] = Field(table.Columns[i], _places[i] < 0 ? "" : record.Fields[_places[i]]);
        CheckKey(row);
        if (_reasons.Count == 0)
            CheckRow(row, record.Line);
        foreach (var (column, i) in table.Columns.Select((column, i) => (column, i)))
            CheckReference(column, row[i], record.Line);
        return row;
    }

    private object? Field(ColumnDefinition column, string text)
    {
        if (!FieldParser.TryParse(column, text, out var value, out var reason))
        {
            _reasons.Add((column.Name, reason!));
            return null;
        }
        return value;
    }

    // A row that is rejected for another reason is still known by its key, so that one fault is not reported again by all that refer to it.
    private void CheckKey(object?[] row)
    {
        if (table.Key.All(column => row[table.IndexOf(column)] is not null) && !known.AddKey(table, row))
            _reasons.Add((table.Key[0], $"another row has the same {string.Join(", ", table.Key)}"));
    }

    private void CheckRow(object?[] row, long line)
    {
        RowRules.FillIn(table, row);
        if (RowRules.Check(table, row) is { } inconsistent)
            _reasons.Add(inconsistent);
        if (totals.Add(table, row, line) is { } wrong)
            _reasons.Add(wrong);
        for (var i = 0; i < row.Length; i++)
        {
            var column = table.Columns[i];
            if (column.Unique && row[i] is string text && !known.AddValue(table, column, text))
                _reasons.Add((column.Name, $"another row has '{text}'"));
        }
    }

    private void CheckReference(ColumnDefinition column, object? value, long line)
    {
        if (column.References is not { } target || value is not long id || known.Has(target, id))
            return;
        if (target == table.Name)
            _openReferences.Add((line, column.Name, id));
        else
            _reasons.Add((column.Name, $"{id} is not an id in {target}.csv"));
    }
}
