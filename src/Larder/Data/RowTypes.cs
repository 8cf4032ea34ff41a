using System.Collections.Frozen;
using System.Data.Common;
using System.Linq.Expressions;
using System.Reflection;

namespace Larder.Data;

/// <summary>Which types a column can be read as, and the expression that reads it.</summary>
internal static class RowTypes
{
    private static readonly FrozenDictionary<Type, string> Readers = new Dictionary<Type, string>
    {
        [typeof(int)] = nameof(SqlValueReader.ReadInt32),
        [typeof(long)] = nameof(SqlValueReader.ReadInt64),
        [typeof(short)] = nameof(SqlValueReader.ReadInt16),
        [typeof(bool)] = nameof(SqlValueReader.ReadBoolean),
        [typeof(string)] = nameof(SqlValueReader.ReadString),
        [typeof(decimal)] = nameof(SqlValueReader.ReadDecimal),
        [typeof(double)] = nameof(SqlValueReader.ReadDouble),
        [typeof(Guid)] = nameof(SqlValueReader.ReadGuid),
        [typeof(DateTimeOffset)] = nameof(SqlValueReader.ReadDateTimeOffset),
        [typeof(DateTime)] = nameof(SqlValueReader.ReadDateTime),
        [typeof(DateOnly)] = nameof(SqlValueReader.ReadDateOnly),
        [typeof(byte[])] = nameof(SqlValueReader.ReadBytes),
    }.ToFrozenDictionary();

    private static readonly MethodInfo IsDbNull = typeof(DbDataReader).GetMethod(nameof(DbDataReader.IsDBNull))!;
    private static readonly MethodInfo NullInRequiredColumn = typeof(RowTypes).GetMethod(nameof(ThrowNull), BindingFlags.NonPublic | BindingFlags.Static)!;

    public static bool IsScalar(Type type) => Readers.ContainsKey(Nullable.GetUnderlyingType(type) ?? type);

    /// <exception cref="InvalidOperationException">The type has not exactly one public constructor with parameters.</exception>
    public static ConstructorInfo ConstructorOf(Type type)
    {
        var constructors = type.GetConstructors().Where(constructor => constructor.GetParameters().Length > 0).ToArray();
        return constructors.Length == 1
            ? constructors[0]
            : throw new InvalidOperationException($"{type.Name} is no row type: it has {constructors.Length} public constructors with parameters, and a row type has one, with a parameter a column.");
    }

    public static Expression ReadColumn(Expression reader, Expression ordinal, Expression values, Type type, bool isNullable)
    {
        var underlying = Nullable.GetUnderlyingType(type);
        if (!Readers.TryGetValue(underlying ?? type, out var method))
        {
            throw new InvalidOperationException($"A column cannot be read as {type.Name}.");
        }

        Expression value = Expression.Convert(Expression.Call(values, method, typeArguments: null, reader, ordinal), type);
        var whenNull = isNullable || underlying is not null
            ? (Expression)Expression.Default(type)
            : Expression.Call(NullInRequiredColumn.MakeGenericMethod(type), reader, ordinal);
        return Expression.Condition(Expression.Call(reader, IsDbNull, ordinal), whenNull, value);
    }

    private static T ThrowNull<T>(DbDataReader reader, int ordinal) =>
        throw new InvalidOperationException($"Column '{reader.GetName(ordinal)}' is NULL and the row type does not allow it.");
}
