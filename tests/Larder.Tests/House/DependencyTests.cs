using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Larder.Tests.House;

public sealed partial class DependencyTests
{
    private static readonly XDocument Packages = Repository.LoadXml("Directory.Packages.props");

    [Fact]
    public void DependenciesDecision_EveryPackageOfTheHouse_HasExactlyOneRow()
    {
        var used = Packages.Descendants("PackageVersion").Select(package => package.Attribute("Include")!.Value);
        var explained = RowOfPackage()
            .Matches(File.ReadAllText(Repository.PathTo("docs/decisions/0002-dependencies.md")))
            .Select(row => row.Groups["package"].Value);

        Assert.Equal(used.Order(StringComparer.Ordinal), explained.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void PackageVersions_All_AreExact()
    {
        var versions = Packages.Descendants("PackageVersion").Select(package => package.Attribute("Version")!.Value);

        Assert.All(versions, version => Assert.Matches(@"^\d+\.\d+\.\d+$", version));
    }

    // A table row of the decision: | `Package` | why it is here | what it replaces |, no cell empty.
    [GeneratedRegex(@"^\| `(?<package>[^`]+)` \| [^|\s][^|]* \| [^|\s][^|]* \|$", RegexOptions.Multiline)]
    private static partial Regex RowOfPackage();
}
