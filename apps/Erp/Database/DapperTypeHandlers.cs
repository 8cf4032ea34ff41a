using System.Data;
using System.Data.Common;
using Dapper;

namespace Erp.Database;

/// <summary>Teaches Dapper the decimals and times of both databases, which may be in use side by side in one process.</summary>
/// <remarks>A value is written as the parameter's driver wants it, and read by the type that the driver returned.</remarks>
internal static class DapperTypeHandlers
{
    private static readonly Lock Gate = new();
    private static bool _registered;

    public static void Register()
    {
        lock (Gate)
        {
            if (_registered)
                return;
            // Dapper prefers its own idea of these types to a handler as long as it has one.
            SqlMapper.RemoveTypeMap(typeof(decimal));
            SqlMapper.RemoveTypeMap(typeof(decimal?));
            SqlMapper.RemoveTypeMap(typeof(DateTimeOffset));
            SqlMapper.RemoveTypeMap(typeof(DateTimeOffset?));
            SqlMapper.RemoveTypeMap(typeof(DateOnly));
            SqlMapper.RemoveTypeMap(typeof(DateOnly?));
            SqlMapper.AddTypeHandler(new DecimalHandler());
            SqlMapper.AddTypeHandler(new TimeHandler());
            SqlMapper.AddTypeHandler(new DayHandler());
            DefaultTypeMap.MatchNamesWithUnderscores = true;
            SqlMapper.TypeMapProvider = type => new RecordTypeMap(type);
            _registered = true;
        }
    }

    private static void Set(IDbDataParameter parameter, object? value) =>
        parameter.Value = SqlDialect.For(SqlDialect.KindOf((DbParameter)parameter)).ToParameter(value);

    private sealed class DecimalHandler : SqlMapper.TypeHandler<decimal>
    {
        public override void SetValue(IDbDataParameter parameter, decimal value) => Set(parameter, value);

        public override decimal Parse(object value) => value switch
        {
            decimal number => number,
            long scaled => StoredValues.FromScaled(scaled),
            _ => throw new DataException($"A decimal cannot be read from {value.GetType().Name}."),
        };
    }

    private sealed class TimeHandler : SqlMapper.TypeHandler<DateTimeOffset>
    {
        public override void SetValue(IDbDataParameter parameter, DateTimeOffset value) => Set(parameter, value);

        public override DateTimeOffset Parse(object value) => value switch
        {
            DateTimeOffset time => time,
            DateTime time => new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Utc)),
            string text => StoredValues.FromText(text),
            _ => throw new DataException($"A time cannot be read from {value.GetType().Name}."),
        };
    }

    private sealed class DayHandler : SqlMapper.TypeHandler<DateOnly>
    {
        public override void SetValue(IDbDataParameter parameter, DateOnly value) => Set(parameter, value);

        public override DateOnly Parse(object value) => value switch
        {
            DateTime time => DateOnly.FromDateTime(time),
            string text => DateOnly.FromDateTime(StoredValues.FromText(text).UtcDateTime),
            _ => throw new DataException($"A day cannot be read from {value.GetType().Name}."),
        };
    }
}
