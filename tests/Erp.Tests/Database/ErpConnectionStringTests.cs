using Erp.Database;

namespace Erp.Tests.Database;

public sealed class ErpConnectionStringTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("  ")]
    public void Parse_NothingConfigured_IsTheSqliteFileBelowTheContentRoot(string? configured)
    {
        var parsed = ErpConnectionString.Parse(configured, "/srv/erp");

        Assert.Equal(DatabaseKind.Sqlite, parsed.Kind);
        Assert.Equal("SQLite file /srv/erp/data/erp.db", parsed.Place);
    }

    [Fact]
    public void Parse_Host_IsPostgreSql()
    {
        var parsed = ErpConnectionString.Parse("Host=db.example;Username=erp;Password=s3cret;Database=shop", "/srv/erp");

        Assert.Equal(DatabaseKind.PostgreSql, parsed.Kind);
        Assert.Equal("PostgreSQL database shop at db.example:5432", parsed.Place);
    }

    [Theory]
    [InlineData("Data Source=:memory:")]
    [InlineData("Data Source=shop;Mode=Memory;Cache=Shared")]
    public void Parse_SqliteInMemory_IsRefused(string configured)
    {
        var exception = Assert.Throws<DatabaseException>(() => ErpConnectionString.Parse(configured, "/srv/erp"));

        Assert.Contains("in memory", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Host=db.example;Password=s3cret;Pasword=s3cret")]
    [InlineData("Host=db.example;Password=\"s3cret")]
    [InlineData("Host=db.example;Port=s3cret")]
    [InlineData("Data Source=x.db;Password2=s3cret")]
    [InlineData("s3cret")]
    [InlineData("Something=s3cret")]
    public void Parse_Unreadable_SaysSoAndRepeatsNothing(string configured)
    {
        var exception = Assert.Throws<DatabaseException>(() => ErpConnectionString.Parse(configured, "/srv/erp"));

        Assert.Contains("ConnectionStrings:Erp cannot be read", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", exception.ToString(), StringComparison.Ordinal);
    }
}
