namespace Erp.Tests;

/// <summary>What the tests need from outside: a PostgreSQL server and the AdventureWorks files. Missing, a test is skipped, or fails where they are required.</summary>
internal static class TestServices
{
    public const string RequireVariable = "LARDER_TEST_REQUIRE_SERVICES";

    /// <summary>A server on which databases may be created.</summary>
    public static string PostgreSql() =>
        Environment.GetEnvironmentVariable("LARDER_TEST_POSTGRES") is { Length: > 0 } connectionString
            ? connectionString
            : Missing("LARDER_TEST_POSTGRES is not set; ./test.sh sets it.");

    /// <summary>The folder named by LARDER_ADVENTUREWORKS, or shared/data/adventureworks beside or above the repository.</summary>
    public static string AdventureWorks()
    {
        if (Environment.GetEnvironmentVariable("LARDER_ADVENTUREWORKS") is { Length: > 0 } folder)
            return folder;
        for (var above = new DirectoryInfo(AppContext.BaseDirectory); above is not null; above = above.Parent)
        {
            var candidate = Path.Combine(above.FullName, "shared", "data", "adventureworks");
            if (Directory.Exists(candidate))
                return candidate;
        }
        return Missing("The AdventureWorks files are not there; LARDER_ADVENTUREWORKS names their folder.");
    }

    private static string Missing(string reason)
    {
        if (Environment.GetEnvironmentVariable(RequireVariable) == "1")
            Assert.Fail(reason);
        Assert.Skip(reason);
        return "";
    }
}
