using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Erp.Database;

internal sealed class SqliteDialect : SqlDialect
{
    private const int Busy = 5;
    private const int Locked = 6;

    public static readonly SqliteDialect Instance = new();

    private SqliteDialect() { }

    public override DatabaseKind Kind => DatabaseKind.Sqlite;

    // A write transaction begins with BEGIN IMMEDIATE and is the only one from there on.
    public override string? ExclusiveLock => null;

    public override string CountTables => "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = @name";

    public override string DeferReferences => "PRAGMA defer_foreign_keys = ON";

    // The load stands in the write-ahead log, which readers would have to search until it is brought home.
    public override IReadOnlyList<string> AfterLoading => ["PRAGMA analysis_limit = 1000", "ANALYZE", "PRAGMA wal_checkpoint(TRUNCATE)"];

    public override object ToParameter(object? value) => value switch
    {
        null => DBNull.Value,
        decimal number => StoredValues.ToScaled(number),
        DateTimeOffset time => StoredValues.ToText(time),
        DateOnly day => StoredValues.ToText(StoredValues.StartOfDay(day)),
        bool truth => truth ? 1L : 0L,
        _ => value,
    };

    public override bool IsContention(Exception exception) =>
        exception is SqliteException { SqliteErrorCode: Busy or Locked };

    protected override string TypeOf(string word) => word switch
    {
        "id" => "INTEGER PRIMARY KEY",
        "ref" or "int" or "decimal" or "bool" => "INTEGER",
        "text" or "time" => "TEXT",
        "computed" => "VIRTUAL",
        "monthofordering" => "CAST(substr(ordered_at, 1, 4) AS INTEGER) * 12 + CAST(substr(ordered_at, 6, 2) AS INTEGER)",
        _ => throw new DatabaseException($"The schema uses an unknown type word {{{word}}}."),
    };

    protected override string Money(decimal value) => StoredValues.ToScaled(value).ToString(CultureInfo.InvariantCulture);
}
