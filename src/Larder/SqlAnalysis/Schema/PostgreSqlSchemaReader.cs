using System.Collections.Immutable;
using System.Data.Common;
using Larder.SqlAnalysis.Statements;

namespace Larder.SqlAnalysis.Schema;

/// <summary>Reads the schema of a PostgreSQL database from its catalog, all user schemas, as the connection's role sees it.</summary>
internal static class PostgreSqlSchemaReader
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
        var relations = await connection.QueryAsync(PostgreSqlCatalog.Relations, ReadRelation, cancellationToken).ConfigureAwait(false);
        var columns = (await connection.QueryAsync(PostgreSqlCatalog.Columns, ReadColumn, cancellationToken).ConfigureAwait(false)).ToLookup(row => row.Relation);
        var keys = (await connection.QueryAsync(PostgreSqlCatalog.Keys, ReadKey, cancellationToken).ConfigureAwait(false)).ToLookup(row => row.Relation);
        var foreignKeys = (await connection.QueryAsync(PostgreSqlCatalog.ForeignKeys, ReadForeignKey, cancellationToken).ConfigureAwait(false)).ToLookup(row => row.Relation);
        var triggers = (await connection.QueryAsync(PostgreSqlCatalog.Triggers, ReadTrigger, cancellationToken).ConfigureAwait(false)).ToLookup(row => row.Relation);
        var parents = (await ReadPairsAsync(connection, PostgreSqlCatalog.Inheritance, cancellationToken).ConfigureAwait(false)).ToLookup(pair => pair.Key, pair => pair.Value);
        var depends = (await ReadPairsAsync(connection, PostgreSqlCatalog.ViewDependencies, cancellationToken).ConfigureAwait(false)).ToLookup(pair => pair.Key, pair => pair.Value);
        var functions = await connection.QueryAsync(PostgreSqlCatalog.Functions, row => row.GetString(0), cancellationToken).ConfigureAwait(false);
        var path = await connection.QueryAsync("SELECT unnest(current_schemas(false))::text", row => row.GetString(0), cancellationToken).ConfigureAwait(false);

        var names = relations.ToDictionary(row => row.Id, row => row.Schema.FullName);
        var complete = relations.Select(row => Parent(
            row.Schema with
            {
                Columns = [.. columns[row.Id].Select(column => column.Schema)],
                Keys = [.. keys[row.Id].Select(key => key.Schema)],
                ForeignKeys = [.. foreignKeys[row.Id].Select(key => key.Schema)],
                Triggers = [.. triggers[row.Id].Select(trigger => trigger.Schema)],
                DependsOn = [.. depends[row.Id].Select(id => names.GetValueOrDefault(id)).OfType<string>()],
            },
            [.. parents[row.Id].Select(id => names.GetValueOrDefault(id)).OfType<string>()]));
        return new SchemaModel(database, SqlDialect.PostgreSql, complete, path, functions, declarations, faults);
    }

    /// <summary>A value that changes with every change of the schema by anyone.</summary>
    public static async Task<string> ReadVersionAsync(DbConnection connection, CancellationToken cancellationToken = default) =>
        (await connection.QueryAsync(PostgreSqlCatalog.Version, row => row.GetString(0), cancellationToken).ConfigureAwait(false)).Single();

    // A table that inherits from several has no single root, so nothing is known of it.
    private static RelationSchema Parent(RelationSchema relation, ImmutableArray<string> parents) => parents.Length switch
    {
        0 => relation,
        1 => relation with { Root = parents[0] },
        _ => relation with { Root = parents[0], Kind = RelationKind.Opaque },
    };

    private static Task<List<KeyValuePair<long, long>>> ReadPairsAsync(DbConnection connection, string query, CancellationToken cancellationToken) =>
        connection.QueryAsync(query, row => KeyValuePair.Create(row.GetInt64(0), row.GetInt64(1)), cancellationToken);

    private static (long Id, RelationSchema Schema) ReadRelation(DbDataReader row) => (row.GetInt64(0), new RelationSchema
    {
        Schema = row.GetString(1),
        Name = row.GetString(2),
        Kind = row.GetString(3) switch
        {
            "v" => RelationKind.View,
            "m" => RelationKind.MaterializedView,
            "r" or "p" => RelationKind.Table,
            _ => RelationKind.Opaque,
        },
        HasRowSecurity = row.GetBoolean(4),
        HasRules = row.GetBoolean(5),
        Query = row.IsDBNull(6) ? null : row.GetString(6),
    });

    private static (long Relation, ColumnSchema Schema) ReadColumn(DbDataReader row)
    {
        var type = row.GetString(2);
        var isDeterministic = row.GetBoolean(4);
        var modifier = row.GetInt32(8);
        return (row.GetInt64(0), new ColumnSchema
        {
            Name = row.GetString(1),
            Type = type,
            Exact = type switch
            {
                "int2" or "int4" or "int8" => ExactType.Integer,
                "text" or "varchar" when isDeterministic => ExactType.Text,
                "uuid" => ExactType.Uuid,
                "bool" => ExactType.Boolean,
                _ => ExactType.None,
            },
            MaxLength = type == "varchar" && modifier > 4 ? modifier - 4 : 0,
            IsNotNull = row.GetBoolean(3),
            IsIdentity = row.GetString(5).Length > 0,
            IsGenerated = row.GetString(6).Length > 0,
            Default = row.IsDBNull(7) ? null : row.GetString(7),
        });
    }

    private static (long Relation, KeySchema Schema) ReadKey(DbDataReader row) =>
        (row.GetInt64(0), new KeySchema(Names(row.GetFieldValue<string[]>(2)), row.GetBoolean(1)));

    private static (long Relation, ForeignKeySchema Schema) ReadForeignKey(DbDataReader row) => (row.GetInt64(0), new ForeignKeySchema(
        Names(row.GetFieldValue<string[]>(3)),
        $"{row.GetString(1)}.{row.GetString(2)}",
        Names(row.GetFieldValue<string[]>(4)),
        Action(row.GetString(5)),
        Action(row.GetString(6))));

    // tgtype: 1 row, 2 before, 4 insert, 8 delete, 16 update, 32 truncate, 64 instead.
    private static (long Relation, TriggerSchema Schema) ReadTrigger(DbDataReader row)
    {
        var type = row.GetInt32(3);
        var events = ((type & 4) != 0 ? RowEvents.Insert : RowEvents.None) | ((type & 8) != 0 ? RowEvents.Delete : RowEvents.None)
            | ((type & 16) != 0 ? RowEvents.Update : RowEvents.None) | ((type & 32) != 0 ? RowEvents.Truncate : RowEvents.None);
        return (row.GetInt64(0), new TriggerSchema
        {
            Name = row.GetString(1),
            Function = row.GetString(2),
            Events = events,
            IsInsteadOf = (type & 64) != 0,
            MayChangeRow = (type & 3) == 3,
        });
    }

    private static ReferentialAction Action(string action) => action switch
    {
        "c" => ReferentialAction.Cascade,
        "n" => ReferentialAction.SetNull,
        "d" => ReferentialAction.SetDefault,
        _ => ReferentialAction.None,
    };

    private static ImmutableArray<string> Names(string[] names) => [.. names];
}
