using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Larder.SqlAnalysis.Statements;

namespace Larder.SqlAnalysis.Schema;

/// <summary>The schema of one database, as it was read at one moment: what the analysis resolves names and effects against. Never changes.</summary>
internal sealed class SchemaModel
{
    private readonly Dictionary<string, TrackedRelation> _relations = new(StringComparer.Ordinal);
    private readonly ImmutableArray<string> _searchPath;
    private readonly HashSet<string> _userFunctions;
    private readonly ImmutableArray<RelationSchema> _definitions;

    /// <summary>Builds the model; views and trigger bodies are analysed here, once.</summary>
    /// <param name="database">The name that tags begin with: the same on every node that uses the database.</param>
    /// <param name="dialect">Whose SQL is analysed.</param>
    /// <param name="relations">Everything that can be named in a statement.</param>
    /// <param name="searchPath">The schemas that an unqualified name is looked up in (PostgreSQL).</param>
    /// <param name="userFunctions">The functions that are not built in.</param>
    /// <param name="declarations">What the host adds.</param>
    /// <param name="faults">Bugs planted by tests.</param>
    public SchemaModel(
        string database,
        SqlDialect dialect,
        IEnumerable<RelationSchema> relations,
        IEnumerable<string>? searchPath = null,
        IEnumerable<string>? userFunctions = null,
        SchemaDeclarations? declarations = null,
        AnalyzerFaults faults = AnalyzerFaults.None)
    {
        Database = database;
        Dialect = dialect;
        Declarations = declarations ?? new SchemaDeclarations();
        _searchPath = [.. searchPath ?? ["public"]];
        _userFunctions = new HashSet<string>(userFunctions ?? [], StringComparer.Ordinal);

        _definitions = [.. relations];
        var all = _definitions.ToDictionary(relation => relation.FullName, StringComparer.Ordinal);
        foreach (var family in all.Values.GroupBy(relation => RootOf(relation, all)))
            Add(family.Key, [.. family], all);
        foreach (var child in all.Values)
            Connect(child);
        foreach (var relation in all.Values)
            AddPaths(relation);
        foreach (var relation in _relations.Values.Distinct().ToList())
            relation.Triggers = [.. relation.Triggers.Select(trigger => TriggerEffects.Resolve(this, trigger, faults))];
        var expansion = new ViewExpansion(this, faults);
        foreach (var relation in _relations.Values.Where(relation => relation.Kind == RelationKind.View).ToList())
            expansion.Expand(relation);
        Hash = HashOf(all.Values);
    }

    public string Database { get; }

    public SqlDialect Dialect { get; }

    public SchemaDeclarations Declarations { get; }

    /// <summary>The same on every node whose schema and declarations give the same tags.</summary>
    public ulong Hash { get; }

    public IEnumerable<TrackedRelation> Relations => _relations.Values.Distinct();

    /// <summary>Whether a function of this name was made by a user, so that a built-in one of the name proves nothing.</summary>
    public bool IsUserFunction(string name) => _userFunctions.Contains(name);

    /// <summary>The same schema, analysed with bugs that a test plants.</summary>
    internal SchemaModel Plant(AnalyzerFaults faults) => new(Database, Dialect, _definitions, _searchPath, _userFunctions, Declarations, faults);

    /// <summary>Finds a relation by its full name.</summary>
    public TrackedRelation? Find(string fullName) => _relations.GetValueOrDefault(fullName);

    /// <summary>Finds what a statement names.</summary>
    public TrackedRelation? Find(string? schema, string name)
    {
        if (Dialect == SqlDialect.Sqlite)
            return schema is null or "main" ? Find(name) : null;
        if (schema is not null)
            return Find($"{schema}.{name}");
        if (name.StartsWith("pg_", StringComparison.Ordinal))
            return null; // pg_catalog comes first in every search path.
        foreach (var candidate in _searchPath)
        {
            if (Find($"{candidate}.{name}") is { } found)
                return found;
        }

        return null;
    }

    private static RelationSchema RootOf(RelationSchema relation, Dictionary<string, RelationSchema> all)
    {
        var steps = 0;
        while (relation.Root is { } root && all.TryGetValue(root, out var parent) && steps++ < 64)
            relation = parent;
        return relation;
    }

    private void Add(RelationSchema root, List<RelationSchema> family, Dictionary<string, RelationSchema> all)
    {
        var eligible = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in family)
        {
            eligible.UnionWith(member.Keys.SelectMany(key => key.Columns));
            eligible.UnionWith(member.ForeignKeys.SelectMany(key => key.Columns));
            eligible.UnionWith(all.Values.SelectMany(other => other.ForeignKeys).Where(key => key.Parent == member.FullName).SelectMany(key => key.ReferencedColumns));
            if (Declarations.EligibleColumns.TryGetValue(member.FullName, out var declared))
                eligible.UnionWith(declared);
            eligible.UnionWith(all.Values.SelectMany(PathsOf).Where(path => path.Key.Parent == member.FullName).Select(path => path.Declared.ParentColumn));
        }

        var marked = family.ConvertAll(member => Declarations.UncachedRelations.Contains(member.FullName) ? member with { IsCachingOff = true } : member);
        var relation = new TrackedRelation(Database, root, marked, eligible);
        foreach (var member in family)
            _relations[member.FullName] = relation;
    }

    private void Connect(RelationSchema child)
    {
        foreach (var key in child.ForeignKeys)
            Find(key.Parent)?.ReferencedBy.Add((_relations[child.FullName], key));
    }

    private IEnumerable<(ForeignKeySchema Key, ParentPath Declared)> PathsOf(RelationSchema child) =>
        Declarations.ParentPaths.TryGetValue(child.FullName, out var paths)
            ? paths.SelectMany(path => child.ForeignKeys.Where(key => key.Columns is [var only] && only == path.ForeignKey).Select(key => (key, path)))
            : [];

    private void AddPaths(RelationSchema child)
    {
        foreach (var (key, declared) in PathsOf(child))
        {
            if (Find(key.Parent) is not { } parent)
                continue;
            var referenced = key.ReferencedColumns.IsEmpty ? parent.Definition.Keys.FirstOrDefault(k => k.IsPrimary)?.Columns ?? [] : key.ReferencedColumns;
            if (referenced is [var column])
                _relations[child.FullName].AddPath(declared.ForeignKey, parent, column, declared.ParentColumn);
        }
    }

    private ulong HashOf(IEnumerable<RelationSchema> relations)
    {
        var text = new StringBuilder().Append(Database).Append('|').Append(Dialect).Append('|').AppendJoin(',', _searchPath).Append('\n');
        foreach (var relation in relations.OrderBy(relation => relation.FullName, StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"{relation.FullName} {relation.Kind} {relation.Root} {relation.HasRules} {relation.ReplacesOnConflict}");
            text.Append(CultureInfo.InvariantCulture, $"{relation.HasRowSecurity}{relation.Query}\n");
            foreach (var column in relation.Columns)
                text.Append(CultureInfo.InvariantCulture, $" {column}\n");
            foreach (var key in relation.Keys)
                text.Append(CultureInfo.InvariantCulture, $" key {key.IsPrimary} {string.Join(',', key.Columns)}\n");
            foreach (var key in relation.ForeignKeys)
                text.Append(CultureInfo.InvariantCulture, $" fk {string.Join(',', key.Columns)} {key.Parent} {string.Join(',', key.ReferencedColumns)} {key.OnDelete} {key.OnUpdate}\n");
            foreach (var trigger in relation.Triggers)
                text.Append(CultureInfo.InvariantCulture, $" trigger {trigger.Name} {trigger.Function} {trigger.Events} {trigger.MayChangeRow} {trigger.Body}\n");
            text.Append(CultureInfo.InvariantCulture, $" eligible {string.Join(',', _relations[relation.FullName].Eligible.Select(column => column.Name))}\n");
            foreach (var path in _relations[relation.FullName].Paths)
                text.Append(CultureInfo.InvariantCulture, $" path {path.Column.Name}\n");
        }

        return BitConverter.ToUInt64(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }
}
