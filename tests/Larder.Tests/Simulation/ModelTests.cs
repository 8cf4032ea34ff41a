using System.Diagnostics;
using Larder.Tests.House;

namespace Larder.Tests.Simulation;

public sealed class ModelTests(ITestOutputHelper output)
{
    [Fact]
    [Trait("Category", "Long")]
    public async Task InvalidationModel_CheckedBySpin_CorrectVariantsPassAndPlantedMistakesFail()
    {
        using var check = Process.Start(new ProcessStartInfo("bash", [Repository.PathTo("tests/model/check.sh")]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        var report = await check.StandardOutput.ReadToEndAsync();
        await check.WaitForExitAsync();
        output.WriteLine(report);

        Assert.Equal(0, check.ExitCode);
    }
}
