using System.Data;
using System.Data.Common;
using Larder.Caching;
using Larder.Data;
using Larder.Freshness;
using Larder.SqlAnalysis;

namespace Larder.Tests.Data;

/// <summary>Results of queries are kept until something they read is written, by row or by table.</summary>
public sealed class QueryCacheTests
{
    private const string Schema = """
        CREATE TABLE products (id integer PRIMARY KEY, name text NOT NULL, weight double precision, photo {blob});
        CREATE TABLE reviews (id integer PRIMARY KEY, product_id integer NOT NULL REFERENCES products (id), rating integer NOT NULL);
        INSERT INTO products VALUES (1, 'Hammer', 1.5, NULL), (2, 'Saw', NULL, NULL);
        INSERT INTO reviews VALUES (1, 1, 5), (2, 2, 3);
        """;

    private const string ById = "SELECT id, name, weight FROM products WHERE id = @id";

    public static TheoryData<SqlDialect> Both => TrackedHost.Both;

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Query_Again_IsAnsweredFromTheCacheWithTheSameRows(SqlDialect dialect)
    {
        await using var database = await OpenAsync(dialect);
        var cached = database.Source.WithQueryCache(database.Cache);
        var first = await RowsAsync(cached, ById, ("id", 1));
        await database.ExecuteBehindAsync("UPDATE products SET name = 'changed behind its back'");

        var second = await RowsAsync(cached, ById, ("id", 1));

        Assert.Equal(["1|Hammer|1.5"], first);
        Assert.Equal(first, second);
        var query = Assert.Single(cached.GetQueryStatistics());
        Assert.Equal((ById, 2, 1, 1, 50.0), (query.Query, query.ExecutionCount, query.CacheHits, query.CacheMisses, query.HitRate));
        Assert.Equal(database.Time.GetUtcNow(), query.LastExecuted);
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Query_OtherParameters_GetTheirOwnRows(SqlDialect dialect)
    {
        await using var database = await OpenAsync(dialect);
        var cached = database.Source.WithQueryCache(database.Cache);

        Assert.Equal(["1|Hammer|1.5"], await RowsAsync(cached, ById, ("id", 1)));
        Assert.Equal(["2|Saw|"], await RowsAsync(cached, ById, ("id", 2)));
        Assert.Empty(await RowsAsync(cached, ById, ("id", 3)));
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Write_OfARow_DropsTheQueriesThatReadItAndNoOthers(SqlDialect dialect)
    {
        await using var database = await OpenAsync(dialect);
        var cached = database.Source.WithQueryCache(database.Cache);
        const string Count = "SELECT count(*) FROM products";
        await RowsAsync(cached, ById, ("id", 1));
        await RowsAsync(cached, ById, ("id", 2));
        await RowsAsync(cached, Count);

        await database.ExecuteAsync("UPDATE products SET name = 'Mallet' WHERE id = 1");

        Assert.Equal(["1|Mallet|1.5"], await RowsAsync(cached, ById, ("id", 1)));
        await RowsAsync(cached, ById, ("id", 2));
        await RowsAsync(cached, Count);
        var statistics = cached.GetQueryStatistics().ToDictionary(query => query.Query!, StringComparer.Ordinal);
        Assert.Equal((1, 3), (statistics[ById].CacheHits, statistics[ById].CacheMisses));

        // How many there are does not depend on their names.
        Assert.Equal((1, 1), (statistics[Count].CacheHits, statistics[Count].CacheMisses));
        await database.ExecuteAsync("INSERT INTO products (id, name) VALUES (9, 'Plane')");
        await RowsAsync(cached, Count);
        Assert.Equal(2, cached.GetQueryStatistics().Single(query => query.Query == Count).CacheMisses);
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Query_InATransaction_GoesPastTheCache(SqlDialect dialect)
    {
        await using var database = await OpenAsync(dialect);
        var cached = database.Source.WithQueryCache(database.Cache);
        await RowsAsync(cached, ById, ("id", 1));
        await using var connection = await cached.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using var update = connection.CreateCommand();
        update.Transaction = transaction;
        update.CommandText = "UPDATE products SET name = 'Mallet' WHERE id = 1";
        await update.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

        Assert.Equal(["1|Mallet|1.5"], await RowsAsync(connection, transaction, ById, ("id", 1)));
        await transaction.RollbackAsync(TestContext.Current.CancellationToken);
        Assert.Equal(["1|Hammer|1.5"], await RowsAsync(cached, ById, ("id", 1)));
    }

    [Fact]
    public async Task Query_OfMoreRowsThanAreKept_GivesAllOfThemAndIsNotKept()
    {
        await using var database = await OpenAsync(SqlDialect.Sqlite);
        var cached = database.Source.WithQueryCache(database.Cache, new QueryCacheOptions { MaxRows = 1 });
        const string All = "SELECT id, name, weight FROM products ORDER BY id";

        var answers = new[] { await RowsAsync(cached, All), await RowsAsync(cached, All) };

        Assert.All(answers, rows => Assert.Equal(["1|Hammer|1.5", "2|Saw|"], rows));
        Assert.Equal(0, database.Cache.GetStatistics().TotalKeys);
    }

    [Fact]
    public async Task Query_OfMoreBytesThanAreKept_IsNotKept()
    {
        await using var database = await OpenAsync(SqlDialect.Sqlite);
        await database.ExecuteAsync("UPDATE products SET photo = zeroblob(2000) WHERE id = 1");
        var cached = database.Source.WithQueryCache(database.Cache, new QueryCacheOptions { MaxBytes = 1024 });

        await RowsAsync(cached, "SELECT photo FROM products WHERE id = 1");

        Assert.Equal(0, database.Cache.GetStatistics().TotalKeys);
    }

    [Theory]
    [InlineData("SELECT random()")]
    [InlineData("SELECT datetime('now'), name FROM products")]
    [InlineData("SELECT name FROM sqlite_master")]
    public async Task Query_ThatIsNotCacheable_RunsEachTime(string sql)
    {
        await using var database = await OpenAsync(SqlDialect.Sqlite);
        var cached = database.Source.WithQueryCache(database.Cache);

        await RowsAsync(cached, sql);
        await RowsAsync(cached, sql);

        Assert.Equal(0, database.Cache.GetStatistics().TotalKeys);
        Assert.Empty(cached.GetQueryStatistics());
    }

    [Fact]
    public async Task Query_OfAPhoto_EachCallerMayChangeItsOwn()
    {
        await using var database = await OpenAsync(SqlDialect.Sqlite);
        await database.ExecuteAsync("UPDATE products SET photo = x'0102' WHERE id = 1");
        var cached = database.Source.WithQueryCache(database.Cache);
        async Task<byte[]> PhotoAsync()
        {
            await using var command = cached.CreateCommand("SELECT photo FROM products WHERE id = 1");
            return (byte[])(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
        }

        await PhotoAsync();
        (await PhotoAsync())[0] = 9;

        Assert.Equal([1, 2], await PhotoAsync());
    }

    [Fact]
    public async Task Query_WithinALoad_MakesItsValueDependOnWhatItRead()
    {
        await using var database = await OpenAsync(SqlDialect.Sqlite);
        var cached = database.Source.WithQueryCache(database.Cache);
        await RowsAsync(cached, ById, ("id", 1));
        ValueTask<string> WholeAsync() => database.Cache.GetOrCreateAsync(
            "whole", database.Cache.GetPolicy(CachePolicies.Default), async _ => string.Join(';', await RowsAsync(cached, ById, ("id", 1))));
        Assert.Equal("1|Hammer|1.5", await WholeAsync());

        await database.ExecuteAsync("UPDATE products SET name = 'Mallet' WHERE id = 1");

        Assert.Equal("1|Mallet|1.5", await WholeAsync());
    }

    [Fact]
    public async Task Reader_FromTheCache_ClosesTheConnectionThatItWasAskedTo()
    {
        await using var database = await OpenAsync(SqlDialect.Sqlite);
        var cached = database.Source.WithQueryCache(database.Cache);
        await RowsAsync(cached, ById, ("id", 1));
        await using var connection = await cached.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = ById;
        Add(command, ("id", 1));

        var reader = await command.ExecuteReaderAsync(CommandBehavior.CloseConnection, TestContext.Current.CancellationToken);
        await reader.DisposeAsync();

        Assert.Equal(ConnectionState.Closed, connection.State);
    }

    [Fact]
    public async Task Reader_FromTheCache_ConvertsAsTheProviderDoes()
    {
        await using var database = await OpenAsync(SqlDialect.Sqlite);
        var cached = database.Source.WithQueryCache(database.Cache);
        const string Values = "SELECT 1 AS flag, '2024-05-01T10:00:00Z' AS at, '5f9b1c1e-0b1a-4b7e-9d5e-3a1d6d1c2b3a' AS id, 2.5 AS share, name FROM products WHERE id = 1";
        List<object> seen = [];
        for (var i = 0; i < 2; i++)
        {
            await using var command = cached.CreateCommand(Values);
            await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
            Assert.True(await reader.ReadAsync(TestContext.Current.CancellationToken));
            seen.Add((
                reader.GetBoolean(0), reader.GetInt32(0), reader.GetFieldValue<DateTimeOffset>(1), reader.GetGuid(2), reader.GetDecimal(3), reader.GetString(reader.GetOrdinal("NAME")),
                reader.GetFieldType(3), reader.GetName(1), reader.FieldCount, reader.IsDBNull(4)));
        }

        Assert.Equal(1, database.Cache.GetStatistics().Hits);
        Assert.Equal(seen[0], seen[1]);
    }

    [Fact]
    public void Options_OutOfTheirBounds_AreRefused()
    {
        Assert.All(
            [
                new QueryCacheOptions { MaxRows = 0 }, new QueryCacheOptions { MaxBytes = 1 }, new QueryCacheOptions { MaxMeasuredStatements = 0 }, new QueryCacheOptions { Policy = " " },
            ],
            options => Assert.NotNull(options.Problem()));
        Assert.Null(new QueryCacheOptions().Problem());
    }

    private static Task<TrackedHost> OpenAsync(SqlDialect dialect) =>
        TrackedHost.StartAsync(dialect, schema: Schema.Replace("{blob}", dialect == SqlDialect.Sqlite ? "BLOB" : "bytea", StringComparison.Ordinal));

    private static async Task<List<string>> RowsAsync(DbDataSource source, string sql, params (string Name, object Value)[] parameters)
    {
        await using var connection = await source.OpenConnectionAsync();
        return await RowsAsync(connection, transaction: null, sql, parameters);
    }

    private static async Task<List<string>> RowsAsync(DbConnection connection, DbTransaction? transaction, string sql, params (string Name, object Value)[] parameters)
    {
        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        Add(command, parameters);
        await using var reader = await command.ExecuteReaderAsync();
        List<string> rows = [];
        while (await reader.ReadAsync())
        {
            rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(i => FormattableString.Invariant($"{reader.GetValue(i)}"))));
        }

        return rows;
    }

    private static void Add(DbCommand command, params (string Name, object Value)[] parameters)
    {
        foreach (var (name, value) in parameters)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.Value = value;
            command.Parameters.Add(parameter);
        }
    }
}
