using System.Runtime.CompilerServices;
using System.Xml.Linq;

namespace Larder.Tests.House;

/// <summary>The checkout that the tests were built from.</summary>
internal static class Repository
{
    private static readonly string[] CodeFolders = ["src", "apps", "tests", "bench"];

    public static string Root { get; } = Path.GetFullPath(Path.Combine(FolderOfThisFile(), "../../.."));

    public static string PathTo(string relativePath) => Path.Combine(Root, relativePath);

    public static XDocument LoadXml(string relativePath) => XDocument.Load(PathTo(relativePath));

    /// <summary>Every C# file of the house, relative to the root, with forward slashes.</summary>
    public static IEnumerable<string> CodeFiles() =>
        CodeFolders
            .Select(PathTo)
            .Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories))
            .Select(path => Path.GetRelativePath(Root, path))
            .Order(StringComparer.Ordinal);

    private static string FolderOfThisFile([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
