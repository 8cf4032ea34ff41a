using System.Data.Common;
using System.Globalization;

namespace Larder.Data;

/// <summary>
/// Reads one column as the type the row wants, whatever the provider's own type is: providers disagree (SQLite has 64-bit integers
/// and text only) and some of them tell a column's type by the value of the current row.
/// </summary>
internal sealed class SqlValueReader(decimal integerDecimalScale)
{
    public int ReadInt32(DbDataReader reader, int ordinal) => reader.GetInt32(ordinal);

    public long ReadInt64(DbDataReader reader, int ordinal) => reader.GetInt64(ordinal);

    public short ReadInt16(DbDataReader reader, int ordinal) => reader.GetInt16(ordinal);

    public bool ReadBoolean(DbDataReader reader, int ordinal) => reader.GetBoolean(ordinal);

    public string ReadString(DbDataReader reader, int ordinal) => reader.GetString(ordinal);

    public double ReadDouble(DbDataReader reader, int ordinal) => reader.GetDouble(ordinal);

    public Guid ReadGuid(DbDataReader reader, int ordinal) => reader.GetGuid(ordinal);

    public byte[] ReadBytes(DbDataReader reader, int ordinal) => reader.GetFieldValue<byte[]>(ordinal);

    public decimal ReadDecimal(DbDataReader reader, int ordinal)
    {
        if (integerDecimalScale == 1)
        {
            return reader.GetDecimal(ordinal);
        }

        return reader.GetFieldType(ordinal) == typeof(long)
            ? reader.GetInt64(ordinal) / integerDecimalScale
            : (decimal)reader.GetDouble(ordinal) / integerDecimalScale;
    }

    public DateTimeOffset ReadDateTimeOffset(DbDataReader reader, int ordinal) =>
        reader.GetFieldType(ordinal) == typeof(string)
            ? DateTimeOffset.Parse(reader.GetString(ordinal), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal)
            : reader.GetFieldValue<DateTimeOffset>(ordinal);

    public DateTime ReadDateTime(DbDataReader reader, int ordinal) =>
        reader.GetFieldType(ordinal) == typeof(string) ? ReadDateTimeOffset(reader, ordinal).UtcDateTime : reader.GetDateTime(ordinal);

    public DateOnly ReadDateOnly(DbDataReader reader, int ordinal) =>
        reader.GetFieldType(ordinal) == typeof(string)
            ? DateOnly.Parse(reader.GetString(ordinal).AsSpan(0, 10), CultureInfo.InvariantCulture)
            : reader.GetFieldValue<DateOnly>(ordinal);
}
