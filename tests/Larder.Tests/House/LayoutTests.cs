namespace Larder.Tests.House;

public sealed class LayoutTests
{
    private const int LinesOfAFile = 400;

    [Fact]
    public void Solution_EveryProjectInTheRepository_IsInIt()
    {
        var inSolution = Repository.LoadXml("Larder.slnx").Descendants("Project").Select(project => project.Attribute("Path")!.Value);
        var onDisk = new[] { "src", "apps", "bench", "tests" }
            .SelectMany(folder => Directory.EnumerateFiles(Repository.PathTo(folder), "*.csproj", SearchOption.AllDirectories))
            .Select(path => Path.GetRelativePath(Repository.Root, path));

        Assert.Equal(onDisk.Order(StringComparer.Ordinal), inSolution.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void CodeFiles_All_DeclareTheNamespaceOfTheirFolder()
    {
        var elsewhere = Repository.CodeFiles()
            .Select(path => (Path: path, Declared: DeclaredNamespace(path), Expected: NamespaceOfFolder(path)))
            .Where(file => file.Declared is not null && file.Declared != file.Expected && !ExtendsTheFramework(file.Path, file.Declared));

        Assert.Empty(elsewhere);
    }

    [Fact]
    public void CodeFiles_All_StayUnderTheLimitOfLines()
    {
        var tooLong = Repository.CodeFiles()
            .Select(path => (Path: path, Lines: File.ReadLines(Repository.PathTo(path)).Count()))
            .Where(file => file.Lines >= LinesOfAFile);

        Assert.Empty(tooLong);
    }

    // A project lies two folders deep and is named like its root namespace: src/Larder/Views/View.cs is Larder.Views.
    private static string NamespaceOfFolder(string path) => string.Join('.', path.Split('/')[1..^1]);

    // Extensions of a framework's builders stand in the namespace of what they extend, which every host imports already.
    private static bool ExtendsTheFramework(string path, string declared) =>
        path.EndsWith("Extensions.cs", StringComparison.Ordinal) && declared is "Microsoft.Extensions.DependencyInjection" or "Microsoft.AspNetCore.Builder";

    // A file of top-level statements or of assembly attributes declares none.
    private static string? DeclaredNamespace(string path) =>
        File.ReadLines(Repository.PathTo(path))
            .FirstOrDefault(line => line.StartsWith("namespace ", StringComparison.Ordinal))
            ?["namespace ".Length..].TrimEnd(';', ' ', '{');
}
