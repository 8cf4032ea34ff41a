using System.Collections;
using System.Data.Common;
using System.Globalization;

namespace Larder.Data.QueryCaching;

/// <summary>
/// Reads stored rows as their provider's reader would: the values are the provider's own, and other types are made of them where the conversion is exact. A
/// provider's special ways of reading a column, such as its own range types made on demand, are not there.
/// </summary>
internal sealed class CachedRowsReader(CachedRows rows, DbConnection? closes) : DbDataReader
{
    private int _row = -1;
    private bool _isClosed;

    public override int FieldCount => rows.Columns.Length;

    public override int Depth => 0;

    public override bool HasRows => rows.Rows.Count > 0;

    public override bool IsClosed => _isClosed;

    public override int RecordsAffected => -1;

    public override object this[int ordinal] => GetValue(ordinal);

    public override object this[string name] => GetValue(GetOrdinal(name));

    private object[] Row => _isClosed ? throw new InvalidOperationException("The reader is closed.")
        : _row >= 0 && _row < rows.Rows.Count ? rows.Rows[_row]
        : throw new InvalidOperationException("The reader stands on no row.");

    public override bool Read()
    {
        if (_isClosed)
        {
            throw new InvalidOperationException("The reader is closed.");
        }

        if (_row < rows.Rows.Count)
        {
            _row++;
        }

        return _row < rows.Rows.Count;
    }

    public override bool NextResult()
    {
        _row = rows.Rows.Count;
        return false;
    }

    public override void Close()
    {
        if (!_isClosed)
        {
            _isClosed = true;
            closes?.Close();
        }
    }

    public override async Task CloseAsync()
    {
        if (!_isClosed)
        {
            _isClosed = true;
            await (closes?.CloseAsync() ?? Task.CompletedTask).ConfigureAwait(false);
        }
    }

    public override string GetName(int ordinal) => rows.Columns[ordinal].Name;

    public override string GetDataTypeName(int ordinal) => rows.Columns[ordinal].TypeName;

    /// <summary>The type in the current row where there is one, because some providers have another one in each.</summary>
    public override Type GetFieldType(int ordinal) =>
        _row >= 0 && _row < rows.Rows.Count && rows.Rows[_row][ordinal] is not DBNull and { } value ? value.GetType() : rows.Columns[ordinal].Type;

    public override int GetOrdinal(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var index = Array.FindIndex(rows.Columns, column => column.Name == name);
        index = index >= 0 ? index : Array.FindIndex(rows.Columns, column => string.Equals(column.Name, name, StringComparison.OrdinalIgnoreCase));
        return index >= 0 ? index : throw new ArgumentOutOfRangeException(nameof(name), name, $"There is no column '{name}'.");
    }

    public override object GetValue(int ordinal) => Row[ordinal] is Array ? rows.ValueAt(_row, ordinal) : Row[ordinal];

    public override int GetValues(object[] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var count = Math.Min(values.Length, FieldCount);
        for (var i = 0; i < count; i++)
        {
            values[i] = GetValue(i);
        }

        return count;
    }

    public override bool IsDBNull(int ordinal) => Row[ordinal] is DBNull;

    public override T GetFieldValue<T>(int ordinal) => GetValue(ordinal) switch
    {
        T same => same,
        DBNull => throw NullIn(ordinal),
        var other => (T)ConvertTo(other, Nullable.GetUnderlyingType(typeof(T)) ?? typeof(T)),
    };

    public override bool GetBoolean(int ordinal) => GetFieldValue<bool>(ordinal);

    public override byte GetByte(int ordinal) => GetFieldValue<byte>(ordinal);

    public override char GetChar(int ordinal) => GetFieldValue<char>(ordinal);

    public override short GetInt16(int ordinal) => GetFieldValue<short>(ordinal);

    public override int GetInt32(int ordinal) => GetFieldValue<int>(ordinal);

    public override long GetInt64(int ordinal) => GetFieldValue<long>(ordinal);

    public override float GetFloat(int ordinal) => GetFieldValue<float>(ordinal);

    public override double GetDouble(int ordinal) => GetFieldValue<double>(ordinal);

    public override decimal GetDecimal(int ordinal) => GetFieldValue<decimal>(ordinal);

    public override string GetString(int ordinal) => GetFieldValue<string>(ordinal);

    public override Guid GetGuid(int ordinal) => GetFieldValue<Guid>(ordinal);

    public override DateTime GetDateTime(int ordinal) => GetFieldValue<DateTime>(ordinal);

    public override long GetBytes(int ordinal, long dataOffset, byte[]? buffer, int bufferOffset, int length) =>
        Copy(Row[ordinal] as byte[] ?? throw Cannot(Row[ordinal], typeof(byte[])), dataOffset, buffer, bufferOffset, length);

    public override long GetChars(int ordinal, long dataOffset, char[]? buffer, int bufferOffset, int length) =>
        Copy(GetString(ordinal).ToCharArray(), dataOffset, buffer, bufferOffset, length);

    public override IEnumerator GetEnumerator() => new DbEnumerator(this, closeReader: false);

    private static long Copy<T>(T[] source, long from, T[]? buffer, int bufferOffset, int length)
    {
        if (buffer is null)
        {
            return source.LongLength;
        }

        var count = (int)Math.Clamp(source.LongLength - from, 0, length);
        Array.Copy(source, from, buffer, bufferOffset, count);
        return count;
    }

    private static object ConvertTo(object value, Type type)
    {
        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        try
        {
            return (value, type) switch
            {
                (string text, _) when type == typeof(Guid) => Guid.Parse(text),
                (byte[] { Length: 16 } bytes, _) when type == typeof(Guid) => new Guid(bytes),
                (string text, _) when type == typeof(DateTimeOffset) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, Utc),
                (string text, _) when type == typeof(DateTime) => DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.None),
                (string text, _) when type == typeof(DateOnly) => DateOnly.Parse(text, CultureInfo.InvariantCulture),
                (string text, _) when type == typeof(TimeOnly) => TimeOnly.Parse(text, CultureInfo.InvariantCulture),
                (string text, _) when type == typeof(TimeSpan) => TimeSpan.Parse(text, CultureInfo.InvariantCulture),
                (DateTime time, _) when type == typeof(DateTimeOffset) => new DateTimeOffset(time.Kind == DateTimeKind.Unspecified ? DateTime.SpecifyKind(time, DateTimeKind.Utc) : time),
                (DateTime time, _) when type == typeof(DateOnly) => DateOnly.FromDateTime(time),
                (_, _) when type.IsEnum => Enum.ToObject(type, value),
                (IConvertible, _) when type != typeof(string) || value is char => Convert.ChangeType(value, type, CultureInfo.InvariantCulture),
                _ => throw Cannot(value, type),
            };
        }
        catch (Exception exception) when (exception is FormatException or OverflowException)
        {
            throw Cannot(value, type, exception);
        }
    }

    private InvalidCastException NullIn(int ordinal) => new($"Column '{rows.Columns[ordinal].Name}' is NULL.");

    private static InvalidCastException Cannot(object value, Type type, Exception? because = null) =>
        new($"A {value.GetType().Name} cannot be read as {type.Name}.", because);
}
