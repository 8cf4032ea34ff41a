namespace Larder.Tests.House;

/// <summary>The test that eng/test-the-tests.sh makes fail, to prove that a failure is seen.</summary>
public sealed class DeliberateFailureTests
{
    [Fact]
    public void Run_NotAskedToFail_Passes()
    {
        var wish = Environment.GetEnvironmentVariable("LARDER_FAIL_DELIBERATELY");
        if (wish == "exit")
            Environment.Exit(0);

        Assert.NotEqual("1", wish);
    }
}
