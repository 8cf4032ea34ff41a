using System.Data;
using System.Data.Common;

namespace Larder.SqlAnalysis.Statements;

/// <summary>The parameters of an ADO.NET command. A value that the provider may send as something else than it looks is not given.</summary>
internal readonly struct DbSqlParameters(DbParameterCollection? parameters, SqlDialect dialect) : ISqlParameters
{
    public bool TryGet(in SqlParameterReference parameter, out object? value)
    {
        value = null;
        if (parameters is null || Find(parameter) is not { } found || !IsSentAsItIs(found))
            return false;
        value = found.Value;
        return true;
    }

    private DbParameter? Find(in SqlParameterReference parameter)
    {
        if (parameter.Ordinal >= 0 && dialect == SqlDialect.PostgreSql)
            return parameter.Ordinal < parameters!.Count ? parameters[parameter.Ordinal] : null;
        DbParameter? bare = null;
        for (var i = 0; i < parameters!.Count; i++)
        {
            var candidate = parameters[i];
            var name = candidate.ParameterName.AsSpan();
            if (name.SequenceEqual(parameter.Name))
                return candidate;
            var comparison = dialect == SqlDialect.PostgreSql ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
            var withoutSign = name.Length > 0 && name[0] is '@' or ':' or '$' ? name[1..] : name;
            var isSame = parameter.Name.Length > 1 && withoutSign.Equals(parameter.Name.AsSpan(1), comparison);

            // SQLite tells @a and :a apart.
            if (isSame && (dialect == SqlDialect.PostgreSql || withoutSign.Length == name.Length))
                bare = bare is null ? candidate : null;
        }

        return bare;
    }

    // A type or a size of the parameter's own may round, cut or pad the value.
    private static bool IsSentAsItIs(DbParameter parameter) =>
        parameter.Direction == ParameterDirection.Input && (parameter.Size <= 0 || parameter.Value is not string text || text.Length <= parameter.Size)
        && parameter.DbType is DbType.String or DbType.AnsiString or DbType.Object or DbType.Boolean or DbType.Guid or DbType.Byte or DbType.SByte or DbType.Int16
            or DbType.Int32 or DbType.Int64 or DbType.UInt16 or DbType.UInt32 or DbType.UInt64;
}
