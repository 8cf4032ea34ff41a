using System.Data;
using System.Data.Common;
using Larder.Data;
using Larder.SqlAnalysis;
using Larder.SqlAnalysis.Schema;
using Npgsql;

namespace Larder.Tests.Data;

/// <summary>With a declared path, the lines of one customer's orders are known by the customer, though a line names only its order.</summary>
public sealed class ParentPathTests
{
    private const string Schema = """
        CREATE TABLE customers (id integer PRIMARY KEY);
        CREATE TABLE orders (id integer PRIMARY KEY, customer_id integer NOT NULL REFERENCES customers (id));
        CREATE TABLE order_items (id integer PRIMARY KEY, order_id integer NOT NULL REFERENCES orders (id), quantity integer NOT NULL);
        INSERT INTO customers VALUES (10), (20);
        INSERT INTO orders VALUES (1, 10), (2, 20);
        INSERT INTO order_items VALUES (1, 1, 5), (2, 2, 7);
        """;

    private const string QuantityOf = "SELECT sum(i.quantity) FROM orders o JOIN order_items i ON i.order_id = o.id WHERE o.customer_id = @customer";

    public static TheoryData<SqlDialect> Both => TrackedHost.Both;

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Write_OfAChild_DropsWhatReadItsParentsCustomerAndNoOther(SqlDialect dialect)
    {
        await using var database = await OpenAsync(dialect);
        var source = database.Source.WithQueryCache(database.Cache);
        await QuantityAsync(source, 10);
        await QuantityAsync(source, 20);

        await database.ExecuteAsync("INSERT INTO order_items (id, order_id, quantity) VALUES (3, 1, 1)");

        Assert.Equal((6, 7), (await QuantityAsync(source, 10), await QuantityAsync(source, 20)));
        Assert.Equal((1, 3), Counts(source));
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Write_InATransaction_ReadsTheParentsAsTheyAreAtItsEnd(SqlDialect dialect)
    {
        await using var database = await OpenAsync(dialect);
        var source = database.Source.WithQueryCache(database.Cache);
        await QuantityAsync(source, 10);
        await QuantityAsync(source, 20);
        await using (var connection = await source.OpenConnectionAsync(TestContext.Current.CancellationToken))
        {
            await using var transaction = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
            await ExecuteAsync(connection, transaction, "INSERT INTO order_items (id, order_id, quantity) VALUES (3, 1, 1)");
            await ExecuteAsync(connection, transaction, "UPDATE orders SET customer_id = 20 WHERE id = 1");
            await transaction.CommitAsync(TestContext.Current.CancellationToken);
        }

        Assert.Equal((0, 13), (await QuantityAsync(source, 10), await QuantityAsync(source, 20)));
    }

    [Theory]
    [InlineData(SqlDialect.Sqlite, IsolationLevel.Serializable)]
    [InlineData(SqlDialect.PostgreSql, IsolationLevel.RepeatableRead)]
    public async Task Write_InASnapshot_IsNotStaleEither(SqlDialect dialect, IsolationLevel level)
    {
        await using var database = await OpenAsync(dialect);
        var source = database.Source.WithQueryCache(database.Cache);
        await QuantityAsync(source, 10);
        await using (var connection = await source.OpenConnectionAsync(TestContext.Current.CancellationToken))
        {
            await using var transaction = await connection.BeginTransactionAsync(level, TestContext.Current.CancellationToken);
            await ExecuteAsync(connection, transaction, "DELETE FROM order_items WHERE id = 1");
            await transaction.CommitAsync(TestContext.Current.CancellationToken);
        }

        Assert.Equal(0, await QuantityAsync(source, 10));
    }

    private static Task<TrackedHost> OpenAsync(SqlDialect dialect)
    {
        return TrackedHost.StartAsync(dialect, Declare, Schema);

        TrackedDatabaseOptions Declare(TrackedDatabaseOptions options)
        {
            var schema = dialect == SqlDialect.PostgreSql ? new NpgsqlConnectionStringBuilder(options.DataSource.ConnectionString).SearchPath + "." : "";
            options.Declarations.ParentPaths[$"{schema}order_items"] = [new ParentPath("order_id", "customer_id")];
            return options;
        }
    }

    private static (long Hits, long Misses) Counts(TrackedDataSource source) =>
        (source.GetQueryStatistics().Sum(query => query.CacheHits), source.GetQueryStatistics().Sum(query => query.CacheMisses));

    private static async Task<long> QuantityAsync(DbDataSource source, int customer)
    {
        await using var command = source.CreateCommand(QuantityOf);
        var parameter = command.CreateParameter();
        parameter.ParameterName = "customer";
        parameter.Value = customer;
        command.Parameters.Add(parameter);
        return await command.ExecuteScalarAsync() is { } sum and not DBNull ? Convert.ToInt64(sum) : 0;
    }

    private static async Task ExecuteAsync(DbConnection connection, DbTransaction transaction, string sql)
    {
        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }
}
