using System.Globalization;

namespace Erp.Database;

/// <summary>One step of the schema: an embedded file Migrations/NNNN_name.sql.</summary>
internal sealed record Migration(int Version, string Name, string Text)
{
    private const string Folder = "Migrations/";

    /// <summary>Every step this program knows, in order, numbered from 1 without a gap.</summary>
    public static IReadOnlyList<Migration> Embedded()
    {
        var assembly = typeof(Migration).Assembly;
        var migrations = assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Folder, StringComparison.Ordinal))
            .Select(name =>
            {
                using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
                var title = Path.GetFileNameWithoutExtension(name[Folder.Length..]);
                return new Migration(int.Parse(title.AsSpan(0, 4), CultureInfo.InvariantCulture), title, reader.ReadToEnd());
            })
            .OrderBy(migration => migration.Version)
            .ToList();
        for (var i = 0; i < migrations.Count; i++)
        {
            if (migrations[i].Version != i + 1)
                throw new DatabaseException($"Migration {i + 1} is missing or there twice.");
        }
        return migrations;
    }
}
