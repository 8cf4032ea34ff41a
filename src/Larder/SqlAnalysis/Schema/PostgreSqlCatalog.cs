namespace Larder.SqlAnalysis.Schema;

/// <summary>The queries of <see cref="PostgreSqlSchemaReader"/>. The system's own objects have small object ids; no user's object does.</summary>
internal static class PostgreSqlCatalog
{
    private const string UserRelations = """
        pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        """;

    private const string IsUsers = """
        c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp)'
        """;

    public const string Relations = $"""
        SELECT c.oid::bigint, n.nspname::text, c.relname::text, c.relkind::text, c.relrowsecurity,
               EXISTS (SELECT FROM pg_rewrite r WHERE r.ev_class = c.oid AND r.rulename <> '_RETURN'),
               CASE WHEN c.relkind = 'v' THEN pg_get_viewdef(c.oid) END
        FROM {UserRelations} WHERE {IsUsers}
        """;

    // A type of a user's own may carry the name of a built-in one.
    public const string Columns = $"""
        SELECT c.oid::bigint, a.attname::text, CASE WHEN t.typnamespace = 'pg_catalog'::regnamespace THEN t.typname::text ELSE 'user ' || t.typname END,
               a.attnotnull, coalesce(l.collisdeterministic, true), a.attidentity::text, a.attgenerated::text, pg_get_expr(d.adbin, d.adrelid), a.atttypmod
        FROM {UserRelations} JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_collation l ON l.oid = a.attcollation
        LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
        WHERE {IsUsers} ORDER BY c.oid, a.attnum
        """;

    public const string Keys = $"""
        SELECT c.oid::bigint, i.indisprimary,
               (SELECT array_agg(a.attname::text ORDER BY k.place) FROM unnest(i.indkey::int2[]) WITH ORDINALITY k(number, place)
                JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.number WHERE k.place <= i.indnkeyatts)
        FROM {UserRelations} JOIN pg_index i ON i.indrelid = c.oid
        WHERE {IsUsers} AND i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL ORDER BY i.indexrelid
        """;

    public const string ForeignKeys = $"""
        SELECT c.oid::bigint, pn.nspname::text, p.relname::text,
               (SELECT array_agg(a.attname::text ORDER BY k.place) FROM unnest(f.conkey) WITH ORDINALITY k(number, place)
                JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.number),
               (SELECT array_agg(a.attname::text ORDER BY k.place) FROM unnest(f.confkey) WITH ORDINALITY k(number, place)
                JOIN pg_attribute a ON a.attrelid = p.oid AND a.attnum = k.number),
               f.confdeltype::text, f.confupdtype::text
        FROM {UserRelations} JOIN pg_constraint f ON f.conrelid = c.oid AND f.contype = 'f'
        JOIN pg_class p ON p.oid = f.confrelid JOIN pg_namespace pn ON pn.oid = p.relnamespace
        WHERE {IsUsers} ORDER BY f.oid
        """;

    public const string Triggers = $"""
        SELECT c.oid::bigint, g.tgname::text, f.proname::text, g.tgtype::int
        FROM {UserRelations} JOIN pg_trigger g ON g.tgrelid = c.oid AND NOT g.tgisinternal JOIN pg_proc f ON f.oid = g.tgfoid
        WHERE {IsUsers} ORDER BY g.oid
        """;

    public const string Inheritance = "SELECT inhrelid::bigint, inhparent::bigint FROM pg_inherits ORDER BY inhrelid, inhseqno";

    public const string ViewDependencies = """
        SELECT DISTINCT r.ev_class::bigint, d.refobjid::bigint
        FROM pg_rewrite r JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_class'::regclass
        WHERE r.rulename = '_RETURN' AND d.refobjid <> r.ev_class AND r.oid >= 16384
        """;

    public const string Functions = """
        SELECT DISTINCT p.proname::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE p.oid >= 16384 OR n.nspname NOT IN ('pg_catalog', 'information_schema')
        """;

    // A row of the catalog that is written anew has a new xmin; one that goes away is missing from the sum.
    public const string Version = """
        SELECT concat_ws(':',
            (SELECT concat(count(*), '/', sum(oid::bigint % 1000003 * (xmin::text::bigint % 1000003))) FROM pg_class WHERE oid >= 16384 AND relkind IN ('r', 'p', 'v', 'm', 'f', 'i')
             AND relpersistence <> 't' AND relnamespace <> 'pg_toast'::regnamespace),
            (SELECT concat(count(*), '/', sum(attrelid::bigint % 1000003 * attnum * (xmin::text::bigint % 1000003))) FROM pg_attribute WHERE attrelid >= 16384 AND attnum > 0),
            (SELECT concat(count(*), '/', sum(oid::bigint % 1000003 * (xmin::text::bigint % 1000003))) FROM pg_constraint WHERE oid >= 16384),
            (SELECT concat(count(*), '/', sum(oid::bigint % 1000003 * (xmin::text::bigint % 1000003))) FROM pg_trigger WHERE oid >= 16384),
            (SELECT concat(count(*), '/', sum(oid::bigint % 1000003 * (xmin::text::bigint % 1000003))) FROM pg_rewrite WHERE oid >= 16384),
            (SELECT concat(count(*), '/', sum(oid::bigint % 1000003 * (xmin::text::bigint % 1000003))) FROM pg_proc WHERE oid >= 16384),
            (SELECT concat(count(*), '/', sum(oid::bigint % 1000003 * (xmin::text::bigint % 1000003))) FROM pg_namespace WHERE oid >= 16384),
            (SELECT concat(count(*), '/', sum(inhrelid::bigint % 1000003 * (xmin::text::bigint % 1000003))) FROM pg_inherits),
            (SELECT count(*) FROM pg_attrdef), array_to_string(current_schemas(false), ','))
        """;
}
