using System.Data;

namespace Larder.Data;

internal static class SqlTypes
{
    /// <summary>The parameter type of a null whose CLR type is known.</summary>
    public static DbType DbTypeOf(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type switch
        {
            _ when type == typeof(int) => DbType.Int32,
            _ when type == typeof(long) => DbType.Int64,
            _ when type == typeof(short) => DbType.Int16,
            _ when type == typeof(bool) => DbType.Boolean,
            _ when type == typeof(decimal) => DbType.Decimal,
            _ when type == typeof(double) => DbType.Double,
            _ when type == typeof(Guid) => DbType.Guid,
            _ when type == typeof(DateOnly) => DbType.Date,
            _ when type == typeof(DateTime) || type == typeof(DateTimeOffset) => DbType.DateTimeOffset,
            _ when type == typeof(byte[]) => DbType.Binary,
            _ => DbType.String,
        };
    }
}
