using System.Data.Common;
using System.Linq.Expressions;
using System.Reflection;
using System.Text.Json;

namespace Larder.Data;

/// <summary>
/// Makes a <typeparamref name="T"/> of a row: a scalar from the first column, otherwise through the type's only public constructor,
/// whose parameters are found by name in snake_case.
/// </summary>
/// <remarks>Compiled once a type. A library's mapper was rejected: docs/decisions/0005-own-row-mapper.md.</remarks>
internal static class RowMapper<T>
{
    // Lazy, so that a type that cannot be mapped says why, and not that its mapper has no initializer.
    private static readonly Lazy<string[]> Columns = new(() => ColumnsOf(typeof(T)));
    private static readonly Lazy<Func<DbDataReader, int[], SqlValueReader, T>> Read = new(Compile);

    /// <summary>Checks that rows can be read as the type, when a view is described and not when it is first called.</summary>
    /// <exception cref="InvalidOperationException">They cannot; the message says why.</exception>
    public static void Check()
    {
        _ = Columns.Value;
        _ = Read.Value;
    }

    /// <summary>Finds the columns of the current result set.</summary>
    /// <exception cref="InvalidOperationException">A column is missing.</exception>
    public static int[] Bind(DbDataReader reader)
    {
        var columns = Columns.Value;
        if (columns.Length == 0)
        {
            return [0];
        }

        var ordinals = new int[columns.Length];
        for (var i = 0; i < ordinals.Length; i++)
        {
            // Most statements name their columns in the order of the constructor.
            ordinals[i] = i < reader.FieldCount && string.Equals(reader.GetName(i), columns[i], StringComparison.OrdinalIgnoreCase)
                ? i
                : OrdinalOf(reader, columns[i]);
        }

        return ordinals;
    }

    public static T Map(DbDataReader reader, int[] ordinals, SqlValueReader values) => Read.Value(reader, ordinals, values);

    private static int OrdinalOf(DbDataReader reader, string column)
    {
        for (var i = 0; i < reader.FieldCount; i++)
        {
            if (string.Equals(reader.GetName(i), column, StringComparison.OrdinalIgnoreCase))
            {
                return i;
            }
        }

        var found = string.Join(", ", Enumerable.Range(0, reader.FieldCount).Select(reader.GetName));
        throw new InvalidOperationException($"The query returns no column '{column}', which {typeof(T).Name} asks for; it returns: {found}.");
    }

    private static string[] ColumnsOf(Type type) =>
        RowTypes.IsScalar(type)
            ? []
            : [.. RowTypes.ConstructorOf(type).GetParameters().Select(parameter => JsonNamingPolicy.SnakeCaseLower.ConvertName(parameter.Name!))];

    private static Func<DbDataReader, int[], SqlValueReader, T> Compile()
    {
        var reader = Expression.Parameter(typeof(DbDataReader));
        var ordinals = Expression.Parameter(typeof(int[]));
        var values = Expression.Parameter(typeof(SqlValueReader));
        Expression Column(Type type, int index, bool isNullable) =>
            RowTypes.ReadColumn(reader, Expression.ArrayIndex(ordinals, Expression.Constant(index)), values, type, isNullable);

        Expression body;
        if (RowTypes.IsScalar(typeof(T)))
        {
            body = Column(typeof(T), 0, isNullable: !typeof(T).IsValueType);
        }
        else
        {
            var constructor = RowTypes.ConstructorOf(typeof(T));
            var nullability = new NullabilityInfoContext();
            body = Expression.New(constructor, constructor.GetParameters().Select((parameter, i) =>
                Column(parameter.ParameterType, i, nullability.Create(parameter).WriteState != NullabilityState.NotNull)));
        }

        return Expression.Lambda<Func<DbDataReader, int[], SqlValueReader, T>>(body, reader, ordinals, values).Compile();
    }
}
