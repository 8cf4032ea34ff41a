using System.Collections.Immutable;
using System.Data.Common;
using System.Globalization;
using Larder.SqlAnalysis.Statements;
using Larder.SqlAnalysis.Tokenizer;

namespace Larder.SqlAnalysis.Schema;

/// <summary>Reads the schema of the main database of a SQLite connection. Attached and temporary objects stay unknown, and are not cached.</summary>
internal static class SqliteSchemaReader
{
    /// <summary>Reads it all.</summary>
    /// <param name="connection">An open connection.</param>
    /// <param name="database">The name that tags begin with.</param>
    /// <param name="declarations">What the host adds.</param>
    /// <param name="faults">Bugs planted by tests.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public static async Task<SchemaModel> ReadAsync(
        DbConnection connection,
        string database,
        SchemaDeclarations? declarations = null,
        AnalyzerFaults faults = AnalyzerFaults.None,
        CancellationToken cancellationToken = default)
    {
        var objects = await connection.QueryAsync(
            "SELECT type, lower(name), lower(tbl_name), sql FROM sqlite_master WHERE type IN ('table', 'view', 'trigger') ORDER BY name",
            row => (Type: row.GetString(0), Name: row.GetString(1), Table: row.GetString(2), Sql: row.IsDBNull(3) ? "" : row.GetString(3)),
            cancellationToken).ConfigureAwait(false);
        var triggers = objects.Where(item => item.Type == "trigger").Select(item => (item.Table, Trigger: SqliteObjectText.Trigger(item.Name, item.Sql)))
            .ToLookup(item => item.Table, item => item.Trigger, StringComparer.Ordinal);
        var virtualTables = objects.Where(item => SqliteObjectText.IsVirtual(item.Sql)).Select(item => item.Name).ToList();

        var relations = new List<RelationSchema>();
        foreach (var item in objects.Where(item => item.Type != "trigger"))
        {
            var isVirtual = virtualTables.Exists(name => item.Name == name || item.Name.StartsWith(name + "_", StringComparison.Ordinal));
            var relation = item.Type == "view"
                ? new RelationSchema { Name = item.Name, Kind = RelationKind.View, Query = SqliteObjectText.ViewQuery(item.Sql) }
                : await ReadTableAsync(connection, item.Name, item.Sql, isVirtual, cancellationToken).ConfigureAwait(false);
            relations.Add(relation with { Triggers = [.. triggers[item.Name]] });
        }

        return new SchemaModel(database, SqlDialect.Sqlite, relations, declarations: declarations, faults: faults);
    }

    /// <summary>A number that changes with every change of the schema by anyone.</summary>
    public static async Task<long> ReadVersionAsync(DbConnection connection, CancellationToken cancellationToken = default) =>
        (await connection.QueryAsync("PRAGMA schema_version", row => row.GetInt64(0), cancellationToken).ConfigureAwait(false)).Single();

    private static async Task<RelationSchema> ReadTableAsync(
        DbConnection connection, string name, string sql, bool isVirtual, CancellationToken cancellationToken)
    {
        var text = SqliteObjectText.Table(sql);
        var literal = $"'{name.Replace("'", "''", StringComparison.Ordinal)}'";
        var columns = await connection.QueryAsync(
            $"SELECT lower(name), type, \"notnull\", dflt_value, pk, hidden FROM pragma_table_xinfo({literal}) ORDER BY cid",
            row => new Column(row.GetString(0), row.GetString(1), row.GetInt64(2) != 0, row.IsDBNull(3) ? null : row.GetString(3), row.GetInt64(4), row.GetInt64(5)),
            cancellationToken).ConfigureAwait(false);
        var primary = columns.Where(column => column.Key > 0).OrderBy(column => column.Key).Select(column => column.Name).ToImmutableArray();
        var rowId = primary.Length == 1 && !text.IsWithoutRowId
            ? columns.Find(column => column.Name == primary[0] && column.Type.Equals("INTEGER", StringComparison.OrdinalIgnoreCase))?.Name
            : null;
        return new RelationSchema
        {
            Name = name,
            Kind = isVirtual ? RelationKind.Opaque : RelationKind.Table,
            Columns = [.. columns.Select(column => column.ToSchema(text, column.Name == rowId))],
            Keys = await ReadKeysAsync(connection, literal, primary, cancellationToken).ConfigureAwait(false),
            ForeignKeys = await ReadForeignKeysAsync(connection, literal, cancellationToken).ConfigureAwait(false),
            ReplacesOnConflict = text.ReplacesOnConflict,
        };
    }

    private static async Task<ImmutableArray<KeySchema>> ReadKeysAsync(
        DbConnection connection, string literal, ImmutableArray<string> primary, CancellationToken cancellationToken)
    {
        var rows = await connection.QueryAsync(
            $"""
            SELECT i.name, lower(c.name), c.coll FROM pragma_index_list({literal}) i, pragma_index_xinfo(i.name) c
            WHERE i."unique" = 1 AND i.partial = 0 AND c.key = 1 ORDER BY i.name, c.seqno
            """,
            row => (Index: row.GetString(0), Column: row.IsDBNull(1) ? null : row.GetString(1), Collation: row.IsDBNull(2) ? "" : row.GetString(2)),
            cancellationToken).ConfigureAwait(false);

        var isExact = rows.TrueForAll(row => row.Collation.Equals("BINARY", StringComparison.OrdinalIgnoreCase));
        var keys = rows.GroupBy(row => row.Index, StringComparer.Ordinal).Where(index => index.All(row => row.Column is not null))
            .Select(index => new KeySchema([.. index.Select(row => row.Column!)], false, isExact));
        return [.. primary.IsEmpty ? [] : new[] { new KeySchema(primary, true, isExact) }, .. keys];
    }

    private static async Task<ImmutableArray<ForeignKeySchema>> ReadForeignKeysAsync(DbConnection connection, string literal, CancellationToken cancellationToken)
    {
        var rows = await connection.QueryAsync(
            $"SELECT id, lower(\"table\"), lower(\"from\"), lower(\"to\"), on_delete, on_update FROM pragma_foreign_key_list({literal}) ORDER BY id, seq",
            row => (Id: row.GetInt64(0), Parent: row.GetString(1), From: row.GetString(2), To: row.IsDBNull(3) ? null : row.GetString(3), OnDelete: row.GetString(4),
                OnUpdate: row.GetString(5)),
            cancellationToken).ConfigureAwait(false);
        return [.. rows.GroupBy(row => row.Id).Select(key => new ForeignKeySchema(
            [.. key.Select(row => row.From)],
            key.First().Parent,
            [.. key.Select(row => row.To).OfType<string>()],
            Action(key.First().OnDelete),
            Action(key.First().OnUpdate)))];
    }

    private static ReferentialAction Action(string action) => action.ToUpperInvariant() switch
    {
        "CASCADE" => ReferentialAction.Cascade,
        "SET NULL" => ReferentialAction.SetNull,
        "SET DEFAULT" => ReferentialAction.SetDefault,
        _ => ReferentialAction.None,
    };

    // hidden: 1 of a virtual table, 2 and 3 generated.
    private sealed record Column(string Name, string Type, bool IsNotNull, string? Default, long Key, long Hidden)
    {
        public ColumnSchema ToSchema(SqliteTableText text, bool isRowId) => new()
        {
            Name = Name,
            Type = Type,
            Exact = text.CollatedColumns.Contains(Name) || text.HasUnreadColumns ? ExactType.None : SqliteAffinity.Of(Type, text.IsStrict),
            IsNotNull = IsNotNull,
            IsGenerated = Hidden >= 2,
            IsIdentity = isRowId,
            Default = Default is { } text2 && text2.Equals("NULL", StringComparison.OrdinalIgnoreCase) ? null : Default,
        };
    }
}

/// <summary>SQLite's rules for the affinity of a declared type (section 3.1 of its "Datatypes").</summary>
internal static class SqliteAffinity
{
    public static ExactType Of(string type, bool isStrict)
    {
        var upper = type.ToUpper(CultureInfo.InvariantCulture);
        if (isStrict && upper == "ANY")
            return ExactType.None;
        if (upper.Contains("INT", StringComparison.Ordinal))
            return ExactType.SqliteInteger;
        if (upper.Contains("CHAR", StringComparison.Ordinal) || upper.Contains("CLOB", StringComparison.Ordinal) || upper.Contains("TEXT", StringComparison.Ordinal))
            return ExactType.SqliteText;
        var isExact = upper.Length > 0 && !upper.Contains("BLOB", StringComparison.Ordinal) && !upper.Contains("REAL", StringComparison.Ordinal)
            && !upper.Contains("FLOA", StringComparison.Ordinal) && !upper.Contains("DOUB", StringComparison.Ordinal);
        return isExact ? ExactType.SqliteInteger : ExactType.None;
    }
}
