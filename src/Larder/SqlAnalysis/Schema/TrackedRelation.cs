using System.Collections.Immutable;
using Larder.Freshness;

namespace Larder.SqlAnalysis.Schema;

/// <summary>A column as the analysis uses it: with its tags.</summary>
internal sealed class TrackedColumn
{
    public TrackedColumn(TrackedRelation relation, ColumnSchema definition, bool isUnique, int eligibleIndex)
    {
        var name = $"{relation.TagName}.{definition.Name}";
        (Relation, Definition, IsUnique, EligibleIndex) = (relation, definition, isUnique, eligibleIndex);
        AnyValue = Tag.Coarse(name + "!");
        Changed = Tag.Coarse(name + "~");
        Prefix = Tag.Prefix(name + "=");

        // No text holds a NUL character, so no text is taken for NULL.
        Null = Tag.Fine(Prefix, "\0");
    }

    public TrackedRelation Relation { get; }

    public ColumnSchema Definition { get; }

    public string Name => Definition.Name;

    /// <summary>Whether it is a unique key all by itself.</summary>
    public bool IsUnique { get; }

    /// <summary>Its place among the columns whose values are named in tags, -1 when it is none of them.</summary>
    public int EligibleIndex { get; }

    public Tag AnyValue { get; }

    /// <summary>The facet of rows whose value in this column an UPDATE changes. The column's value tags are the facets of a change from or to that value.</summary>
    public Tag Changed { get; }

    public Tag Null { get; }

    public ulong Prefix { get; }

    /// <summary>The path whose end this stands for, seen from the child; null for a column of the relation.</summary>
    public TrackedPath? Path { get; init; }
}

/// <summary>A column of a parent as a child's tags name it: <c>child.key→parent.column = value</c> (freshness design, section 5, the third form).</summary>
internal sealed class TrackedPath
{
    public TrackedPath(TrackedColumn foreignKey, TrackedColumn key, TrackedColumn parentColumn)
    {
        (ForeignKey, Key, ParentColumn) = (foreignKey, key, parentColumn);
        var name = $"{foreignKey.Name}\u2192{key.Relation.Definition.FullName}.{parentColumn.Name}";
        Column = new TrackedColumn(foreignKey.Relation, parentColumn.Definition with { Name = name }, isUnique: false, eligibleIndex: -1) { Path = this };
    }

    /// <summary>The child's column.</summary>
    public TrackedColumn ForeignKey { get; }

    /// <summary>The parent's key that it refers to, unique by itself and of the same exact type.</summary>
    public TrackedColumn Key { get; }

    public TrackedRelation Parent => Key.Relation;

    public TrackedColumn ParentColumn { get; }

    /// <summary>The tags of the path, as if the parent's column were one of the child.</summary>
    public TrackedColumn Column { get; }
}

/// <summary>What reading a view reads, judged once for the schema.</summary>
internal sealed record ViewReads(ImmutableArray<TrackedRelation> Bases, string? NotCacheable, string? NotReadOnly);

/// <summary>A physical relation as the analysis uses it. Partitions and inheriting tables are one with their root.</summary>
internal sealed class TrackedRelation
{
    private readonly Dictionary<string, TrackedColumn> _columns;

    public TrackedRelation(string database, RelationSchema definition, IReadOnlyCollection<RelationSchema> family, IReadOnlySet<string> eligible)
    {
        Definition = definition;
        TagName = $"{database}.{definition.FullName}";
        Table = Tag.Coarse(TagName);
        AnyRow = Tag.Coarse(TagName + "!");
        Triggers = [.. family.SelectMany(member => member.Triggers)];
        HasRules = family.Any(member => member.HasRules);
        ReplacesOnConflict = family.Any(member => member.ReplacesOnConflict);
        HasFamily = family.Count > 1;
        NotCacheable = ReasonNotToCache(definition.FullName, family);

        var next = 0;
        Columns = [.. definition.Columns.Select(column => new TrackedColumn(
            this,
            column,
            definition.Keys.Any(key => key.Columns.Length == 1 && key.Columns[0] == column.Name),
            column.Exact != ExactType.None && eligible.Contains(column.Name) ? next++ : -1))];
        Eligible = [.. Columns.Where(column => column.EligibleIndex >= 0)];
        _columns = Columns.ToDictionary(column => column.Name, StringComparer.Ordinal);
    }

    public RelationSchema Definition { get; }

    public RelationKind Kind => Definition.Kind;

    /// <summary>The name its tags begin with.</summary>
    public string TagName { get; }

    public Tag Table { get; }

    /// <summary>Moved by a write that may have touched any row.</summary>
    public Tag AnyRow { get; }

    public ImmutableArray<TrackedColumn> Columns { get; }

    /// <summary>The columns whose values are named in tags.</summary>
    public ImmutableArray<TrackedColumn> Eligible { get; }

    /// <summary>The declared paths to its parents.</summary>
    public ImmutableArray<TrackedPath> Paths { get; private set; } = [];

    public ImmutableArray<TriggerSchema> Triggers { get; set; }

    /// <summary>The foreign keys that refer to it.</summary>
    public List<(TrackedRelation Child, ForeignKeySchema Key)> ReferencedBy { get; } = [];

    public bool HasRules { get; }

    public bool ReplacesOnConflict { get; }

    /// <summary>Whether it stands for several physical tables.</summary>
    public bool HasFamily { get; }

    /// <summary>Why its rows are not cached, null where they may be.</summary>
    public string? NotCacheable { get; }

    public ViewReads? View { get; set; }

    public TrackedColumn? Column(string name) => _columns.GetValueOrDefault(name);

    /// <summary>Adds a declared path, unless the schema does not bear it out.</summary>
    public void AddPath(string foreignKey, TrackedRelation parent, string key, string parentColumn)
    {
        var isPlain = Kind == RelationKind.Table && parent is { Kind: RelationKind.Table, HasFamily: false, HasRules: false, NotCacheable: null } && parent != this;
        if (isPlain && Column(foreignKey) is { EligibleIndex: >= 0 } from && parent.Column(key) is { IsUnique: true } to
            && parent.Column(parentColumn) is { EligibleIndex: >= 0 } column && from.Definition.Exact == to.Definition.Exact)
            Paths = Paths.Add(new TrackedPath(from, to, column));
    }

    /// <summary>Whether a conflict on exactly these columns means equal values.</summary>
    public bool IsKeyOf(IReadOnlyCollection<string> columns) =>
        Definition.Keys.Any(key => key.IsExact && key.Columns.Length == columns.Count && key.Columns.All(columns.Contains));

    /// <summary>Whether a change of these columns, null for any, is one of the columns a foreign key refers to.</summary>
    public bool Refers(ForeignKeySchema key, IReadOnlyCollection<string>? changed)
    {
        if (changed is null)
            return true;
        var referenced = key.ReferencedColumns.IsEmpty ? Definition.Keys.FirstOrDefault(k => k.IsPrimary)?.Columns ?? [] : key.ReferencedColumns;
        return referenced.IsEmpty || referenced.Any(changed.Contains);
    }

    private static string? ReasonNotToCache(string name, IReadOnlyCollection<RelationSchema> family)
    {
        if (family.Any(member => member.Kind == RelationKind.Opaque))
            return $"the rows of {name} change in ways that are not seen";
        if (family.Any(member => member.HasRowSecurity))
            return $"row security makes what is read from {name} depend on the session";
        return family.Any(member => member.IsCachingOff) ? $"caching is off for {name}" : null;
    }
}
