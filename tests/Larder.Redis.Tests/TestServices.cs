namespace Larder.Redis.Tests;

/// <summary>What the tests need from outside. Missing, a test is skipped, or fails where services are required.</summary>
internal static class TestServices
{
    /// <summary>The program; each test that needs a server starts one of its own.</summary>
    public static string RedisServer()
    {
        foreach (var folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':'))
        {
            var program = Path.Combine(folder, "redis-server");
            if (File.Exists(program))
            {
                return program;
            }
        }

        const string Reason = "redis-server is not on the PATH; ./test.sh installs it.";
        if (Environment.GetEnvironmentVariable("LARDER_TEST_REQUIRE_SERVICES") == "1")
        {
            Assert.Fail(Reason);
        }

        Assert.Skip(Reason);
        return "";
    }
}
