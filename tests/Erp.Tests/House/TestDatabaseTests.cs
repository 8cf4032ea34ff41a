using Npgsql;

namespace Erp.Tests.House;

/// <summary>What every PostgreSQL test stands on: the private instance that ./test.sh starts.</summary>
public sealed class TestDatabaseTests
{
    [Fact]
    public async Task PostgreSql_OfTheTestRun_SortsByteWiseInUtf8AndUtc()
    {
        var connectionString = Environment.GetEnvironmentVariable("LARDER_TEST_POSTGRES");
        if (string.IsNullOrEmpty(connectionString))
        {
            Assert.NotEqual("1", Environment.GetEnvironmentVariable("LARDER_TEST_REQUIRE_SERVICES"));
            Assert.Skip("LARDER_TEST_POSTGRES is not set; ./test.sh sets it.");
        }

        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var command = source.CreateCommand(
            """
            SELECT current_setting('server_version_num')::int / 10000, datcollate, pg_encoding_to_char(encoding), current_setting('timezone')
            FROM pg_database WHERE datname = current_database()
            """);
        await using var reader = await command.ExecuteReaderAsync();

        Assert.True(await reader.ReadAsync());
        Assert.True(reader.GetInt32(0) >= 15, "PostgreSQL 15 or later");
        Assert.Equal("C", reader.GetString(1));
        Assert.Equal("UTF8", reader.GetString(2));
        Assert.Equal("UTC", reader.GetString(3));
    }
}
