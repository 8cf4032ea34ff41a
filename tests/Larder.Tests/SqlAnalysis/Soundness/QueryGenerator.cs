namespace Larder.Tests.SqlAnalysis.Soundness;

/// <summary>Makes queries over a world: joins of all kinds, aggregates, windows, limits, unions, common tables, views.</summary>
internal sealed class QueryGenerator(World world, Dice dice)
{
    private readonly ValueGenerator _values = new(world, dice);
    private int _aliases;

    public SqlCase Generate()
    {
        var text = dice.Weighted(34, 12, 9, 7, 7, 6, 5, 7, 6, 16, 16, 40, 36) switch
        {
            0 => Plain(),
            1 => Aggregate(),
            2 => Limited(),
            3 => Window(),
            4 => Union(),
            5 => CommonTable(),
            6 => Derived(),
            7 => OfView(),
            8 => Missing(),
            9 => ByKey(),
            10 => ByParent(),
            12 => new ColumnQueryGenerator(world, dice, _values).Generate(),
            _ => new LookupQueryGenerator(world, dice, _values).Generate(),
        };
        return new SqlCase(text, [.. _values.Bound]);
    }

    private ConditionGenerator Conditions => new(world, dice, _values);

    private string Plain()
    {
        var (from, sources) = From();
        return $"SELECT {(dice.Chance(0.1) ? "DISTINCT " : "")}{Columns(sources)} FROM {from}{Where(sources)}";
    }

    // What a handler of a request asks for: the rows of one key.
    private string ByKey()
    {
        var source = new Source("k", world.Pick(dice).Columns);
        var keys = source.Columns.Where(column => column.IsUnique || column.Parent is not null).ToList();
        var key = dice.In(keys);
        var rest = dice.Chance(0.3) ? $" AND {Conditions.Condition([source])}" : "";
        return $"SELECT {Columns([source])} FROM {world.Tables.First(table => table.Columns == source.Columns).Name} k WHERE {source.Name(key)} = {_values.Any(key)}{rest}";
    }

    // The children of the parents that a column names: joined with them, or counted for each.
    private string ByParent()
    {
        var children = world.Tables.SelectMany(table => table.Columns.Where(column => column.Parent is not null).Select(key => (Table: table, Key: key))).ToList();
        var (table, key) = dice.In(children);
        var parent = world.Tables.First(candidate => candidate.Name == key.Parent);
        var declared = world.Declarations.ParentPaths.TryGetValue(world.IsPostgreSql ? $"public.{table.Name}" : table.Name, out var paths)
            ? paths.Where(path => path.ForeignKey == key.Name).Select(path => path.ParentColumn).ToList() : [];
        var ends = parent.Columns.Where(column => declared.Contains(column.Name)).ToList();
        var (child, of) = (new Source("c", table.Columns), new Source("q", parent.Columns));
        var end = ends.Count > 0 && dice.Chance(0.8) ? dice.In(ends) : dice.In(parent.Columns);
        var condition = $"{of.Name(end)} = {_values.Any(end)}";
        var on = dice.Chance(0.5) ? $"q.{key.ParentColumn} = c.{key.Name}" : $"c.{key.Name} = q.{key.ParentColumn}";
        var (inner, rest) = dice.Chance(0.7) ? ("", "") : ($" AND {Conditions.Condition([child])}", $" AND {Conditions.Condition([of])}");
        return dice.Weighted(4, 3, 4, 2) switch
        {
            0 => $"SELECT {Columns([child])} FROM {table.Name} c JOIN {parent.Name} q ON {on} WHERE {condition}{rest}{inner}",
            1 => $"SELECT count(*), sum(c.a) FROM {parent.Name} q LEFT JOIN {table.Name} c ON {on}{inner} WHERE {condition}{rest}",
            2 => $"SELECT {Columns([of])}, (SELECT count(*) FROM {table.Name} c WHERE {on}{inner}) AS children FROM {parent.Name} q WHERE {condition}{rest}",
            _ => $"SELECT {Columns([of])} FROM {parent.Name} q WHERE NOT EXISTS (SELECT 1 FROM {table.Name} c WHERE {on}{inner}) AND {condition}{rest}",
        };
    }

    // Rows without a partner: an outer join of which only the made-up rows are kept.
    private string Missing()
    {
        var (one, other) = (world.Pick(dice), world.Pick(dice));
        var sources = new List<Source> { new("p", one.Columns), new("m", other.Columns) };
        var none = sources[1].Name(dice.In(other.Columns));
        return $"SELECT {Columns([sources[0]])} FROM {one.Name} p LEFT JOIN {other.Name} m ON {On(sources[0], sources[1])} WHERE {none} IS NULL"
            + (dice.Chance(0.5) ? $" AND {Conditions.Condition([sources[0]])}" : "");
    }

    private string Aggregate()
    {
        var (from, sources) = From();
        var source = dice.In(sources);
        var integers = source.Columns.Where(column => column.Kind == ColumnKind.Integer).ToList();
        var name = source.Name(dice.In(integers));
        if (dice.Chance(0.5))
            return $"SELECT count(*), sum({name}), min({name}) FROM {from}{Where(sources)}";
        var group = source.Name(dice.In(source.Columns));
        return $"SELECT {group}, count(*), max({name}) FROM {from}{Where(sources)} GROUP BY {group}{(dice.Chance(0.3) ? " HAVING count(*) > 1" : "")}";
    }

    // Ordered by everything it gives, so that the rows that remain are the same whatever the plan.
    private string Limited()
    {
        var (from, sources) = From();
        var source = dice.In(sources);
        var names = source.Columns.Take(3).Select(source.Name).ToList();
        var order = string.Join(", ", Enumerable.Range(1, names.Count).Select(place => $"{place}{dice.Of("", " DESC")} NULLS LAST"));
        return $"SELECT {string.Join(", ", names)} FROM {from}{Where(sources)} ORDER BY {order} LIMIT {1 + dice.Below(3)}{(dice.Chance(0.3) ? " OFFSET 1" : "")}";
    }

    private string Window()
    {
        var table = world.Pick(dice);
        var source = new Source("w", table.Columns);
        var key = string.Join(", ", table.PrimaryKey.Select(column => $"w.{column}"));
        return $"SELECT {key}, row_number() OVER (PARTITION BY w.a ORDER BY {key}), sum(w.a) OVER (ORDER BY {key}) FROM {table.Name} w{Where([source])}";
    }

    private string Union()
    {
        var arms = Enumerable.Range(0, 2 + dice.Below(2)).Select(_ =>
        {
            var (from, sources) = From();
            var source = dice.In(sources);
            var column = dice.In(source.Columns.Where(candidate => candidate.Kind == ColumnKind.Integer).ToList());
            return $"SELECT {source.Name(column)} FROM {from}{Where(sources)}";
        });
        return string.Join(dice.Of(" UNION ", " UNION ALL ", " INTERSECT ", " EXCEPT "), arms);
    }

    private string CommonTable()
    {
        var table = world.Pick(dice);
        var inner = new Source("i", table.Columns);
        var name = dice.Of("c", "c", table.Name);
        var other = dice.In(world.Tables);
        var both = new List<Source> { new("x", table.Columns), new("y", other.Columns) };
        var isRecursive = dice.Chance(0.1);
        if (isRecursive || (name == table.Name && !world.IsPostgreSql))
            return $"WITH RECURSIVE c(id, n) AS (SELECT i.a, 0 FROM {table.Name} i{Where([inner])} UNION SELECT c.id + 1, c.n + 1 FROM c WHERE c.n < 2) SELECT * FROM c";
        return $"WITH {name} AS (SELECT * FROM {table.Name} i{Where([inner])}) SELECT {Columns(both)} FROM {name} x JOIN {other.Name} y ON {On(both[0], both[1])}{Where(both)}";
    }

    private string Derived()
    {
        var table = world.Pick(dice);
        var inner = new Source("i", table.Columns);
        var other = dice.In(world.Tables);
        var both = new List<Source> { new("d", table.Columns), new("y", other.Columns) };
        return $"SELECT {Columns(both)} FROM (SELECT * FROM {table.Name} i{Where([inner])}) d {dice.Of("JOIN", "LEFT JOIN")} {other.Name} y ON {On(both[0], both[1])}{Where(both)}";
    }

    private string OfView()
    {
        var view = dice.In(world.Views);
        var table = world.Pick(dice);
        var sources = new List<Source> { new("v", view.Columns), new("y", table.Columns) };
        return dice.Chance(0.5)
            ? $"SELECT {Columns([sources[0]])} FROM {view.Name} v{Where([sources[0]])}"
            : $"SELECT {Columns(sources)} FROM {view.Name} v LEFT JOIN {table.Name} y ON {On(sources[0], sources[1])}{Where(sources)}";
    }

    private (string From, IReadOnlyList<Source> Sources) From()
    {
        var sources = new List<Source>();
        var text = Item(sources);
        var firstVisible = 0;
        var joins = dice.Weighted(56, 34, 10);
        for (; joins > 0; joins--)
        {
            var before = sources.ToList();
            if (dice.Chance(0.15))
            {
                firstVisible = world.IsPostgreSql ? sources.Count : 0;
                text += ", " + Item(sources);
                continue;
            }

            var kind = dice.Weighted(5, 5, AllJoins ? 2 : 0, AllJoins ? 1 : 0) switch
            {
                0 => "JOIN",
                1 => "LEFT JOIN",
                2 => "RIGHT JOIN",
                _ => "FULL JOIN",
            };

            // A comma binds more loosely in PostgreSQL: what stands before it cannot be named in ON.
            var visible = before.Skip(firstVisible).ToList();
            var isGroup = kind is "JOIN" or "LEFT JOIN" && dice.Chance(0.15);
            var right = isGroup ? Group(sources) : Item(sources);
            var one = dice.In(visible);
            var condition = On(one, dice.In(sources.Skip(before.Count).ToList()));
            if (kind != "FULL JOIN" && dice.Chance(0.45))
                condition += " AND " + Conditions.Condition([.. visible, .. sources.Skip(before.Count)]).Replace(" OR ", " AND ", StringComparison.Ordinal);
            text += $" {kind} {right} ON {condition}";
        }

        return (text, sources);
    }

    private bool AllJoins => world.IsPostgreSql || SqliteLibrary.HasAllJoins;

    private string Group(List<Source> sources)
    {
        var from = sources.Count;
        var left = Item(sources);
        var right = Item(sources);
        return $"({left} {dice.Of("JOIN", "LEFT JOIN")} {right} ON {On(sources[from], sources[from + 1])})";
    }

    private string Item(List<Source> sources)
    {
        var table = world.Pick(dice);
        var name = table.Parts.Count > 0 && dice.Chance(0.2) ? dice.In(table.Parts) : table.Name;
        sources.Add(new Source($"j{_aliases++}", table.Columns));
        return $"{name} {sources[^1].Alias}";
    }

    private string On(Source one, Source other)
    {
        foreach (var (child, parent) in new[] { (one, other), (other, one) })
        {
            var keys = child.Columns.Where(column => column.Parent is not null && parent.Columns.Any(c => c.Name == column.ParentColumn)).ToList();
            if (keys.Count > 0 && dice.Chance(0.7))
            {
                var key = dice.In(keys);
                return $"{child.Name(key)} = {parent.Alias}.{key.ParentColumn}";
            }
        }

        var integer = one.Columns.Where(column => column.Kind == ColumnKind.Integer).ToList();
        var match = other.Columns.Where(column => column.Kind == ColumnKind.Integer).ToList();
        return $"{one.Name(dice.In(integer))} = {other.Name(dice.In(match))}";
    }

    private string Columns(IReadOnlyList<Source> sources)
    {
        if (dice.Chance(0.65))
            return string.Join(", ", sources.Select((source, i) => string.Join(", ", source.Columns.Select((column, j) => $"{source.Name(column)} AS c{i}_{j}"))));
        var columns = sources.SelectMany(source => source.Columns.Select(column => source.Name(column))).ToList();
        return string.Join(", ", Enumerable.Range(0, 1 + dice.Below(4)).Select(place => $"{dice.In(columns)} AS c{place}"));
    }

    private string Where(IReadOnlyList<Source> sources) => dice.Chance(0.8) ? " WHERE " + Conditions.Condition(sources) : "";
}
