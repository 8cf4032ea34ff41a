using System.Data.Common;
using System.Globalization;
using System.Text.RegularExpressions;
using Larder.Data;

namespace Erp.Database;

/// <summary>The few points in which the two databases differ: type words of the schema, values of parameters, and which errors are worth a retry.</summary>
internal abstract partial class SqlDialect
{
    public abstract DatabaseKind Kind { get; }

    /// <summary>Taken in the transaction of a migration or of the first fill, so that two processes starting at once take turns. Null: the transaction is exclusive by itself.</summary>
    public abstract string? ExclusiveLock { get; }

    /// <summary>Counts the tables called @name.</summary>
    public abstract string CountTables { get; }

    /// <summary>What to run after much was loaded, so that the query planner knows the tables. One statement each, outside a transaction.</summary>
    public abstract IReadOnlyList<string> AfterLoading { get; }

    /// <summary>Puts references off to the commit, so that a table may be filled before the rows it refers to. Null: not needed for bulk loading.</summary>
    public abstract string? DeferReferences { get; }

    /// <summary>Brings a CLR value into the form in which this database's driver takes it. Null becomes <see cref="DBNull"/>.</summary>
    public abstract object ToParameter(object? value);

    /// <summary>True when nothing is wrong with the work itself: another writer was in the way.</summary>
    public abstract bool IsContention(Exception exception);

    /// <summary>Fills in the type words of a schema text.</summary>
    /// <exception cref="DatabaseException">The text has a word that is not known.</exception>
    public string Fill(string schema) => Placeholder().Replace(schema, match =>
    {
        var argument = match.Groups["argument"];
        return argument.Success
            ? Money(decimal.Parse(argument.Value, CultureInfo.InvariantCulture))
            : TypeOf(match.Groups["word"].Value);
    });

    protected abstract string TypeOf(string word);

    protected abstract string Money(decimal value);

    public static DatabaseKind KindOf(DbParameter parameter) =>
        parameter is Npgsql.NpgsqlParameter ? DatabaseKind.PostgreSql : DatabaseKind.Sqlite;

    public static SqlDialect Of(DbConnection connection) =>
        For((connection is TrackedConnection tracked ? tracked.GetInnerConnection() : connection) is Npgsql.NpgsqlConnection ? DatabaseKind.PostgreSql : DatabaseKind.Sqlite);

    public static SqlDialect For(DatabaseKind kind) =>
        kind == DatabaseKind.PostgreSql ? PostgreSqlDialect.Instance : SqliteDialect.Instance;

    [GeneratedRegex(@"\{(?<word>[a-z]+)(:(?<argument>[0-9.]+))?\}", RegexOptions.ExplicitCapture)]
    private static partial Regex Placeholder();
}
