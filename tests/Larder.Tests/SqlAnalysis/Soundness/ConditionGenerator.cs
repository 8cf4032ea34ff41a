namespace Larder.Tests.SqlAnalysis.Soundness;

/// <summary>Something that columns can be taken from, under a name.</summary>
internal sealed record Source(string Alias, IReadOnlyList<WorldColumn> Columns)
{
    public string Name(WorldColumn column) => $"{Alias}.{column.Name}";
}

/// <summary>Makes conditions: those that pin, and those that only look as if they did.</summary>
internal sealed class ConditionGenerator(World world, Dice dice, ValueGenerator values)
{
    private int _subqueries;

    /// <summary>A conjunction about some sources.</summary>
    public string Condition(IReadOnlyList<Source> sources)
    {
        var parts = new List<string>();
        for (var count = 1 + dice.Weighted(7, 2, 1); count > 0; count--)
            parts.Add(Predicate(sources));
        return string.Join(" AND ", parts);
    }

    private string Predicate(IReadOnlyList<Source> sources)
    {
        var source = dice.In(sources);
        var column = Column(source);
        var name = source.Name(column);
        return dice.Weighted(46, 6, 7, 14, 13, 6, 8) switch
        {
            0 => Pin(name, column),
            1 => List(name, column),
            2 => Null(name, column),
            3 => Lookalike(sources, name, column),
            4 => Subquery(name, column, sources),
            5 => $"{name} {dice.Of("<", "<>", ">=")} {values.Any(column)}".Replace("f <", "f <>", StringComparison.Ordinal),
            _ => Pair(sources, source, column),
        };
    }

    private string Pin(string name, WorldColumn column) => dice.Weighted(6, 2, 1) switch
    {
        0 => $"{name} = {values.Any(column)}",
        1 => $"{values.Any(column)} = {name}",
        _ => $"({name} {(world.IsPostgreSql ? "=" : "==")} {values.Any(column)})",
    };

    private string List(string name, WorldColumn column)
    {
        if (world.IsPostgreSql && column.Kind == ColumnKind.Integer && dice.Chance(0.5))
            return $"{name} = ANY ({values.Array()})";
        return $"{name} IN ({values.Any(column)}, {values.Any(column)})";
    }

    private string Null(string name, WorldColumn column) => dice.Weighted(4, 1, 2) switch
    {
        0 => $"{name} IS NULL",
        1 => $"{name} IS NOT NULL",
        _ => $"{name} {(world.IsPostgreSql ? "IS NOT DISTINCT FROM" : "IS")} {values.Any(column)}",
    };

    private string Lookalike(IReadOnlyList<Source> sources, string name, WorldColumn column) => dice.Weighted(4, 2, 2, 3, 2, 3, 1, 1) switch
    {
        0 => $"({name} = {values.Any(column)} OR {Simple(sources)})",
        1 => $"NOT {name} = {values.Any(column)}",
        2 => $"{name} = {values.Any(column)} IS NOT TRUE",
        3 when !world.IsPostgreSql => $"{dice.Below(3)} BETWEEN 0 AND {name} = {values.Any(column)}",
        4 => $"CASE WHEN {Simple(sources)} AND {name} = {values.Any(column)} THEN FALSE ELSE TRUE END",
        5 => $"{name} = {values.Any(column)} OR {Simple(sources)}",
        6 when column.Kind is ColumnKind.Integer => $"{name} + 0 = {dice.Below(5)}",
        6 when column.Kind is ColumnKind.Text => $"lower({name}) = 'x'",
        7 when column.Kind is ColumnKind.Text && !world.IsPostgreSql => $"{name} = 'x' COLLATE NOCASE",
        _ => $"({name} = {values.Any(column)}) = {dice.Of("FALSE", "TRUE")}",
    };

    private string Simple(IReadOnlyList<Source> sources)
    {
        var source = dice.In(sources);
        var column = Column(source);
        return $"{source.Name(column)} = {values.Any(column)}";
    }

    private string Subquery(string name, WorldColumn column, IReadOnlyList<Source> outer)
    {
        var table = dice.In(world.Tables);
        var inner = new Source($"s{_subqueries++}", table.Columns);
        var own = inner.Columns.Where(candidate => candidate.Kind == column.Kind).ToList();
        if (own.Count == 0 || _subqueries > 3)
            return Pin(name, column);
        var pick = inner.Name(dice.In(own));
        var from = $"FROM {table.Name} {inner.Alias}";
        return dice.Weighted(3, 3, 2, 1) switch
        {
            0 => $"EXISTS (SELECT 1 {from} WHERE {pick} = {name} AND {Predicate([inner])})",
            1 => $"{name} IN (SELECT {pick} {from} WHERE {Predicate([inner])})",
            2 when column.Kind is not (ColumnKind.Boolean or ColumnKind.Uuid) => $"{name} = (SELECT max({pick}) {from} WHERE {Predicate([inner])})",
            _ => $"NOT EXISTS (SELECT 1 {from} WHERE {pick} = {name} AND {Predicate([inner, .. outer])})",
        };
    }

    private string Pair(IReadOnlyList<Source> sources, Source source, WorldColumn column)
    {
        var other = dice.In(sources);
        var candidates = other.Columns.Where(candidate => candidate.Kind == column.Kind && (other, candidate) != (source, column)).ToList();
        return candidates.Count == 0 ? Pin(source.Name(column), column) : $"{source.Name(column)} = {other.Name(dice.In(candidates))}";
    }

    /// <summary>A column, a key more often than not.</summary>
    private WorldColumn Column(Source source)
    {
        var keys = source.Columns.Where(column => column.IsUnique || column.Parent is not null).ToList();
        return keys.Count > 0 && dice.Chance(0.6) ? dice.In(keys) : dice.In(source.Columns);
    }
}
