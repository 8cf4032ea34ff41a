namespace Erp.Tests;

/// <summary>
/// What the tests need from outside. Without a PostgreSQL server, which ./test.sh starts, a test is skipped, or fails where it is required; without the AdventureWorks files, which
/// nothing can install, it is skipped, and ./test.sh counts it so.
/// </summary>
internal static class TestServices
{
    public const string RequireVariable = "LARDER_TEST_REQUIRE_SERVICES";

    /// <summary>A server on which databases may be created.</summary>
    public static string PostgreSql() =>
        Environment.GetEnvironmentVariable("LARDER_TEST_POSTGRES") is { Length: > 0 } connectionString
            ? connectionString
            : MissingServer("LARDER_TEST_POSTGRES is not set; ./test.sh sets it.");

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
        return Skipped("The AdventureWorks files are not there; LARDER_ADVENTUREWORKS names their folder.");
    }

    private static string MissingServer(string reason)
    {
        if (Environment.GetEnvironmentVariable(RequireVariable) == "1")
            Assert.Fail(reason);
        return Skipped(reason);
    }

    private static string Skipped(string reason)
    {
        Assert.Skip(reason);
        return "";
    }
}
