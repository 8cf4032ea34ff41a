using System.Data.Common;
using Larder.Data;

namespace Larder.Tests.Data;

/// <summary>One record, two databases, equal values: what a row is read as depends on the record and not on the driver.</summary>
public sealed class RowMapperTests
{
    private const string OnSqlite = """
        CREATE TABLE t (int_value INTEGER, long_value INTEGER, short_value INTEGER, bool_value INTEGER, text_value TEXT, decimal_value INTEGER,
            double_value REAL, guid_value TEXT, time_value TEXT, day_value TEXT, bytes_value BLOB, maybe_int INTEGER, maybe_text TEXT,
            maybe_decimal INTEGER, maybe_time TEXT);
        INSERT INTO t VALUES (2147483647, 9223372036854775807, -5, 1, 'Grüße', 1234500, 1.5, '6f9619ff-8b86-d011-b42d-00cf4fc964ff',
            '2025-06-30T23:59:59Z', '2024-02-29', x'0102', NULL, NULL, NULL, NULL);
        """;

    private const string OnPostgres = """
        CREATE TABLE t (int_value int, long_value bigint, short_value smallint, bool_value boolean, text_value text, decimal_value numeric(19,4),
            double_value double precision, guid_value uuid, time_value timestamptz, day_value date, bytes_value bytea, maybe_int int, maybe_text text,
            maybe_decimal numeric(19,4), maybe_time timestamptz);
        INSERT INTO t VALUES (2147483647, 9223372036854775807, -5, true, 'Grüße', 123.45, 1.5, '6f9619ff-8b86-d011-b42d-00cf4fc964ff',
            '2025-06-30T23:59:59Z', '2024-02-29', '\x0102', NULL, NULL, NULL, NULL);
        """;

    private static readonly AllTypes Expected = new(
        2147483647, 9223372036854775807, -5, true, "Grüße", 123.45m, 1.5, Guid.Parse("6f9619ff-8b86-d011-b42d-00cf4fc964ff"),
        new DateTimeOffset(2025, 6, 30, 23, 59, 59, TimeSpan.Zero), new DateOnly(2024, 2, 29), [1, 2], null, null, null, null);

    [Fact]
    public async Task Map_EveryTypeOnSqlite_GivesTheValues()
    {
        using var database = new SqliteTestDatabase(OnSqlite);

        var row = Assert.Single(await ReadAsync<AllTypes>(database, "SELECT * FROM t", scale: 10_000));

        Assert.Equivalent(Expected, row, strict: true);
    }

    [Fact]
    public async Task Map_EveryTypeOnPostgres_GivesTheSameValues()
    {
        await using var database = await PostgresTestDatabase.CreateAsync(OnPostgres);

        var row = Assert.Single(await ReadAsync<AllTypes>(database.Relayed, "SELECT * FROM t"));

        Assert.Equivalent(Expected, row, strict: true);
    }

    [Fact]
    public async Task Map_CountsAndSums_AreReadAsTheRecordWants()
    {
        const string Sql = "SELECT count(*) AS count, sum(n) AS total, max(n) AS largest FROM (SELECT 1 AS n UNION ALL SELECT 2) AS numbers";
        using var sqlite = new SqliteTestDatabase();
        await using var postgres = await PostgresTestDatabase.CreateAsync();

        Assert.Equal([new Totals(2, 3, 2)], await ReadAsync<Totals>(sqlite, Sql));
        Assert.Equal([new Totals(2, 3, 2)], await ReadAsync<Totals>(postgres.Relayed, Sql));
    }

    /// <summary>SQLite tells a column's type by the value of the row at hand: a mapper that looks at the first row only is wrong from the second on.</summary>
    [Fact]
    public async Task Map_SqliteRowsOfChangingStorage_ReadsEachByItself()
    {
        using var database = new SqliteTestDatabase("CREATE TABLE t (amount); INSERT INTO t VALUES (NULL), (15000), (2.5e4), (10000)");

        Assert.Equal([null, 1.5m, 2.5m, 1m], await ReadAsync<decimal?>(database, "SELECT amount FROM t ORDER BY rowid", scale: 10_000));
    }

    [Fact]
    public async Task Map_Scalars_ReadTheFirstColumn()
    {
        using var database = new SqliteTestDatabase();

        Assert.Equal([7], await ReadAsync<int>(database, "SELECT 7, 'more'"));
        Assert.Equal(["a", null], await ReadAsync<string?>(database, "SELECT 'a' UNION ALL SELECT NULL"));
        Assert.Equal([new DateOnly(2025, 1, 31)], await ReadAsync<DateOnly>(database, "SELECT '2025-01-31T10:00:00Z'"));
        Assert.Equal([new DateTime(2025, 1, 31, 10, 0, 0, DateTimeKind.Utc)], await ReadAsync<DateTime>(database, "SELECT '2025-01-31T10:00:00Z'"));
    }

    [Fact]
    public async Task Map_ColumnsInOtherOrderAndCase_FindsThemByName()
    {
        using var database = new SqliteTestDatabase();

        Assert.Equal([new Person(1, "Ada")], await ReadAsync<Person>(database, "SELECT 'Ada' AS FULL_NAME, 'extra' AS x, 1 AS id"));
    }

    [Fact]
    public async Task Map_NullInRequiredColumn_IsAnErrorThatNamesTheColumn()
    {
        using var database = new SqliteTestDatabase();

        var text = await Assert.ThrowsAsync<InvalidOperationException>(() => ReadAsync<Person>(database, "SELECT 1 AS id, NULL AS full_name"));
        var number = await Assert.ThrowsAsync<InvalidOperationException>(() => ReadAsync<Person>(database, "SELECT NULL AS id, 'Ada' AS full_name"));
        var scalar = await Assert.ThrowsAsync<InvalidOperationException>(() => ReadAsync<int>(database, "SELECT NULL AS total"));

        Assert.Contains("'full_name'", text.Message);
        Assert.Contains("'id'", number.Message);
        Assert.Contains("'total'", scalar.Message);
    }

    [Fact]
    public async Task Bind_MissingColumn_NamesItItsTypeAndWhatIsThere()
    {
        using var database = new SqliteTestDatabase();

        var missing = await Assert.ThrowsAsync<InvalidOperationException>(() => ReadAsync<Person>(database, "SELECT 1 AS id, 'Ada' AS name"));

        Assert.Equal("The query returns no column 'full_name', which Person asks for; it returns: id, name.", missing.Message);
    }

    [Fact]
    public void Check_TypeThatIsNoRow_SaysWhy()
    {
        Assert.Contains("Uri is no row type", Assert.Throws<InvalidOperationException>(RowMapper<Uri>.Check).Message);
        Assert.Contains("cannot be read as Uri", Assert.Throws<InvalidOperationException>(RowMapper<HasUri>.Check).Message);
    }

    private static async Task<List<T>> ReadAsync<T>(DbDataSource database, string sql, decimal scale = 1)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await using var reader = await command.ExecuteReaderAsync();
        var ordinals = RowMapper<T>.Bind(reader);
        var rows = new List<T>();
        while (await reader.ReadAsync())
        {
            rows.Add(RowMapper<T>.Map(reader, ordinals, new SqlValueReader(scale)));
        }

        return rows;
    }

    private sealed record AllTypes(
        int IntValue, long LongValue, short ShortValue, bool BoolValue, string TextValue, decimal DecimalValue, double DoubleValue, Guid GuidValue,
        DateTimeOffset TimeValue, DateOnly DayValue, byte[] BytesValue, int? MaybeInt, string? MaybeText, decimal? MaybeDecimal, DateTimeOffset? MaybeTime);

    private sealed record Totals(int Count, long Total, int Largest);

    private sealed record Person(long Id, string FullName);

    private sealed record HasUri(Uri Address);
}
