using System.Collections;
using System.Data.Common;
using System.Runtime.CompilerServices;
using Larder.Caching;
using Larder.Memory;

namespace Larder.Data.QueryCaching;

/// <summary>The rows of one query as its provider gave them. Never changes, so that all who read it share it.</summary>
internal sealed class CachedRows : ICacheSized
{
    private const int RowOverhead = 32;
    private const int BoxOverhead = 16;
    private const int ArrayOverhead = 24;

    private CachedRows(CachedColumn[] columns, List<object[]> rows, long bytes)
    {
        Columns = columns;
        Rows = rows;
        SizeInBytes = bytes;
    }

    public CachedColumn[] Columns { get; }

    public IReadOnlyList<object[]> Rows { get; }

    public long SizeInBytes { get; }

    /// <summary>Reads a reader to the end of its first result. Null: it is too large to be stored, or not the only one.</summary>
    public static async ValueTask<CachedRows?> ReadAsync(DbDataReader reader, QueryCacheOptions limits, CancellationToken cancellationToken)
    {
        var names = new CachedColumn[reader.FieldCount];
        var rows = new List<object[]>();
        var bytes = 0L;
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (rows.Count == 0)
            {
                Describe(reader, names);
            }

            var row = new object[names.Length];
            reader.GetValues(row);
            rows.Add(row);
            bytes += SizeOf(row);
            if (rows.Count > limits.MaxRows || bytes > limits.MaxBytes)
            {
                return null;
            }
        }

        if (rows.Count == 0)
        {
            Describe(reader, names);
        }

        return await reader.NextResultAsync(cancellationToken).ConfigureAwait(false) ? null : new CachedRows(names, rows, bytes + (names.Length * ArrayOverhead));
    }

    /// <summary>The value for a caller, who may change an array.</summary>
    public object ValueAt(int row, int column) => Rows[row][column] is Array array ? array.Clone() : Rows[row][column];

    public bool SaysTheSame(object? other) => other is CachedRows rows
        && rows.Rows.Count == Rows.Count
        && rows.Columns.AsSpan().SequenceEqual(Columns)
        && rows.Rows.Zip(Rows).All(pair => pair.First.Zip(pair.Second).All(values => StructuralComparisons.StructuralEqualityComparer.Equals(values.First, values.Second)));

    private static void Describe(DbDataReader reader, CachedColumn[] columns)
    {
        for (var i = 0; i < columns.Length; i++)
        {
            columns[i] = new CachedColumn(reader.GetName(i), reader.GetDataTypeName(i), reader.GetFieldType(i));
        }
    }

    private static long SizeOf(object[] row)
    {
        var bytes = RowOverhead + (8L * row.Length);
        foreach (var value in row)
        {
            bytes += value switch
            {
                DBNull => 0,
                string text => MemoryEntry.SizeOf(text),
                byte[] binary => ArrayOverhead + binary.LongLength,
                Array array => ArrayOverhead + (array.LongLength * BoxOverhead),
                _ => BoxOverhead + 16,
            };
        }

        return bytes;
    }
}
