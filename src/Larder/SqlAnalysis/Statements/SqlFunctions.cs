using System.Collections.Frozen;

namespace Larder.SqlAnalysis.Statements;

/// <summary>What calling a function does to a statement.</summary>
internal enum FunctionEffect : byte
{
    /// <summary>The result depends on the arguments alone, or on settings that belong to the key.</summary>
    Deterministic,

    /// <summary>It changes no table, but its result comes from elsewhere: a clock, chance, the session, a sequence.</summary>
    NotCacheable,

    /// <summary>Nothing is known of it.</summary>
    Unknown,
}

/// <summary>The built-in functions that are known, by dialect. A function in neither list may do anything.</summary>
internal static class SqlFunctions
{
    private const string StandardScalars =
        "abs ceil ceiling floor round trunc sign mod power pow sqrt exp ln log log10 log2 pi degrees radians sin cos tan asin acos atan atan2 sinh cosh tanh "
        + "asinh acosh atanh coalesce nullif lower upper trim ltrim rtrim substr substring replace length octet_length concat concat_ws format";

    private const string StandardOfManyRows =
        "count sum avg min max rank dense_rank percent_rank cume_dist row_number ntile lag lead first_value last_value nth_value string_agg";

    private const string PostgreSql =
        "cbrt div gcd lcm factorial scale min_scale trim_scale width_bucket greatest least initcap bit_length char_length character_length left right btrim "
        + "lpad rpad translate reverse repeat position strpos split_part overlay starts_with ascii chr md5 sha224 sha256 sha384 sha512 encode decode "
        + "quote_literal quote_ident quote_nullable regexp_replace regexp_match regexp_matches regexp_split_to_array regexp_split_to_table regexp_count "
        + "regexp_instr regexp_like regexp_substr to_hex normalize unistr string_to_array string_to_table array_to_string array_length array_upper "
        + "array_lower array_ndims array_dims array_position array_positions array_append array_prepend array_cat array_remove array_replace trim_array "
        + "array_fill cardinality unnest generate_series generate_subscripts bool_and bool_or every bit_and bit_or bit_xor any_value array_agg json_agg jsonb_agg "
        + "json_object_agg jsonb_object_agg stddev stddev_pop stddev_samp variance var_pop var_samp corr covar_pop covar_samp regr_avgx regr_avgy "
        + "regr_count regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy percentile_cont percentile_disc mode grouping json_build_object "
        + "json_build_array jsonb_build_object jsonb_build_array json_object jsonb_object to_json to_jsonb row_to_json array_to_json json_array_length "
        + "jsonb_array_length json_array_elements jsonb_array_elements json_array_elements_text jsonb_array_elements_text json_each jsonb_each "
        + "json_each_text jsonb_each_text json_object_keys jsonb_object_keys json_extract_path jsonb_extract_path json_extract_path_text "
        + "jsonb_extract_path_text json_typeof jsonb_typeof json_strip_nulls jsonb_strip_nulls jsonb_set jsonb_insert jsonb_pretty jsonb_path_exists "
        + "jsonb_path_query jsonb_path_query_array jsonb_path_query_first jsonb_path_match extract date_part date_trunc date_bin make_date make_time "
        + "make_timestamp make_timestamptz make_interval to_char to_date to_timestamp to_number isfinite justify_days justify_hours justify_interval timezone "
        + "num_nulls num_nonnulls to_tsvector to_tsquery plainto_tsquery phraseto_tsquery websearch_to_tsquery ts_rank ts_rank_cd ts_headline "
        + "numeric decimal int int2 int4 int8 integer smallint bigint float float4 float8 real boolean bool text varchar char character bpchar name uuid date time "
        + "timestamp timestamptz timetz interval json jsonb bytea bit varbit varying precision lower_inc upper_inc isempty int4range int8range numrange "
        + "tsrange tstzrange daterange";

    private const string Sqlite =
        "char glob hex ifnull iif if instr like likelihood likely unlikely printf quote soundex typeof unhex unicode zeroblob group_concat total json "
        + "json_array json_array_length json_extract json_insert json_object json_patch json_remove json_replace json_set json_type json_valid json_quote "
        + "json_group_array json_group_object json_each json_tree date time datetime julianday strftime unixepoch decimal numeric varchar integer text real median";

    private const string PostgreSqlElsewhere =
        "now transaction_timestamp statement_timestamp clock_timestamp timeofday age random setseed gen_random_uuid nextval currval lastval setval "
        + "current_setting set_config current_database current_schema current_schemas current_user session_user current_role pg_backend_pid "
        + "pg_advisory_lock pg_advisory_lock_shared pg_advisory_unlock pg_advisory_unlock_all pg_advisory_unlock_shared pg_advisory_xact_lock "
        + "pg_advisory_xact_lock_shared pg_try_advisory_lock pg_try_advisory_lock_shared pg_try_advisory_xact_lock pg_try_advisory_xact_lock_shared pg_sleep "
        + "pg_sleep_for pg_sleep_until txid_current txid_current_if_assigned txid_current_snapshot txid_snapshot_xmin txid_snapshot_xmax txid_visible_in_snapshot "
        + "txid_status pg_current_xact_id pg_current_xact_id_if_assigned pg_current_snapshot pg_visible_in_snapshot pg_snapshot_xmin pg_snapshot_xmax "
        + "pg_xact_status version inet_client_addr inet_client_port inet_server_addr inet_server_port pg_is_in_recovery pg_last_wal_receive_lsn "
        + "pg_last_wal_replay_lsn pg_last_xact_replay_timestamp pg_current_wal_lsn pg_current_wal_insert_lsn pg_current_wal_flush_lsn pg_wal_lsn_diff pg_notify "
        + "obj_description col_description pg_get_viewdef pg_get_indexdef pg_get_constraintdef pg_get_expr pg_get_functiondef pg_get_triggerdef "
        + "pg_get_serial_sequence pg_get_userbyid pg_table_is_visible pg_type_is_visible pg_function_is_visible pg_encoding_to_char pg_table_size "
        + "pg_total_relation_size pg_relation_size pg_indexes_size pg_database_size pg_size_pretty pg_typeof pg_postmaster_start_time pg_conf_load_time "
        + "pg_blocking_pids pg_cancel_backend pg_terminate_backend format_type to_regclass to_regtype to_regproc has_table_privilege "
        + "has_schema_privilege has_database_privilege has_column_privilege hashtext localtimestamp localtime current_timestamp current_time";

    private const string SqliteElsewhere =
        "random randomblob changes total_changes last_insert_rowid sqlite_version sqlite_source_id sqlite_compileoption_used sqlite_compileoption_get "
        + "sqlite_offset current_timestamp current_date current_time pragma_table_info pragma_table_xinfo pragma_index_list pragma_index_info "
        + "pragma_index_xinfo pragma_foreign_key_list pragma_database_list pragma_table_list pragma_function_list pragma_collation_list pragma_schema_version";

    private static readonly FrozenDictionary<string, FunctionEffect> OfSqlite = Table(Sqlite, SqliteElsewhere);
    private static readonly FrozenDictionary<string, FunctionEffect> OfPostgreSql = Table(PostgreSql, PostgreSqlElsewhere);

    private static readonly FrozenSet<string> Scalars = StandardScalars.Split(' ').Append("cast").Append("date").ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string> SqliteTimes =
        FrozenSet.Create(StringComparer.Ordinal, "date", "time", "datetime", "julianday", "strftime", "unixepoch");

    /// <summary>What a built-in function of this name does.</summary>
    public static FunctionEffect Find(SqlDialect dialect, string name) =>
        (dialect == SqlDialect.Sqlite ? OfSqlite : OfPostgreSql).GetValueOrDefault(name, FunctionEffect.Unknown);

    /// <summary>Whether a function makes a value of the values of one row, for certain.</summary>
    public static bool IsScalar(string name) => Scalars.Contains(name);

    /// <summary>Whether a function of SQLite reads the clock when it is asked for 'now', or for nothing.</summary>
    public static bool IsSqliteTime(string name) => SqliteTimes.Contains(name);

    private static FrozenDictionary<string, FunctionEffect> Table(string deterministic, string elsewhere)
    {
        var table = new Dictionary<string, FunctionEffect>(StringComparer.Ordinal);
        foreach (var name in StandardScalars.Split(' ').Concat(StandardOfManyRows.Split(' ')).Concat(deterministic.Split(' ')))
            table[name] = FunctionEffect.Deterministic;
        foreach (var name in elsewhere.Split(' '))
            table[name] = FunctionEffect.NotCacheable;
        return table.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
