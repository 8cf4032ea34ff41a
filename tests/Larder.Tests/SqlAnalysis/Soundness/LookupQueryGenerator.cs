namespace Larder.Tests.SqlAnalysis.Soundness;

/// <summary>Makes queries that read a table by the values of another one: of a pinned row, of a derived table, of a subquery, in one or two steps.</summary>
internal sealed class LookupQueryGenerator(World world, Dice dice, ValueGenerator values)
{
    public string Generate()
    {
        var (source, target, column, key) = Link();
        var (a, b) = (new Source("a", source.Columns), new Source("b", target.Columns));
        var (from, condition) = Rows(a, source, column);
        var on = dice.Chance(0.5) ? $"b.{key.Name} = a.{column.Name}" : $"a.{column.Name} = b.{key.Name}";
        var rest = dice.Chance(0.25) ? $" AND {new ConditionGenerator(world, dice, values).Condition([b])}" : "";
        var (names, of) = (Names(a, column), Names(b, key));
        return dice.Weighted(5, 4, 3, 3, 4, 2, 3, 6) switch
        {
            0 => $"SELECT {names}, {of} FROM {from} JOIN {target.Name} b ON {on}{rest}{Where(condition)}",
            1 => $"SELECT {names}, {of} FROM {from} LEFT JOIN {target.Name} b ON {on}{rest}{Where(condition)}",
            2 => $"SELECT {of} FROM {target.Name} b LEFT JOIN {from} ON {on}{(condition.Length > 0 ? " AND " + condition : "")}",
            3 => $"SELECT {names} FROM {from} WHERE {(dice.Chance(0.3) ? "NOT " : "")}EXISTS (SELECT 1 FROM {target.Name} b WHERE {on}{rest}){And(condition)}",
            4 => $"SELECT {names}, (SELECT count(*) FROM {target.Name} b WHERE {on}{rest}) AS n FROM {from}{Where(condition)}",
            5 => $"SELECT {names}, {of} FROM {target.Name} b RIGHT JOIN {from} ON {on}{rest}{Where(condition)}".Replace("RIGHT JOIN", AllJoins ? "RIGHT JOIN" : "JOIN", StringComparison.Ordinal),
            6 => Scalar(source, target, column, key),
            _ => OneRowOfMany(),
        } is var text && dice.Chance(0.3) ? TwoSteps(text, target) : text;

        // One row for all, which need not be of any; rows that come back only with what they are joined with; rows that are made up where that is missing.
        string OneRowOfMany() => dice.Below(3) switch
        {
            0 => $"SELECT {names}, count(*) AS n FROM {from} JOIN {target.Name} b ON {on} AND {OfTarget()}{Where(condition)}{(world.IsPostgreSql ? $" GROUP BY {names}" : "")}",
            1 => $"SELECT {names}, {of} FROM {from} LEFT JOIN {target.Name} b ON {on} WHERE {OfTarget()}{And(condition)}",
            _ when source.Columns.FirstOrDefault(each => each.IsUnique) is { } unique =>
                $"SELECT {names} FROM {dice.In(world.Tables).Name} d LEFT JOIN ({source.Name} a JOIN {target.Name} b ON {on} AND {OfTarget()}) ON {a.Name(unique)} = {values.Any(unique)}",
            _ => $"SELECT {names} FROM {dice.In(world.Tables).Name} d LEFT JOIN ({from} JOIN {target.Name} b ON {on} AND {OfTarget()}) ON {(condition.Length > 0 ? condition : "1 = 1")}",
        };

        string OfTarget() => new ConditionGenerator(world, dice, values).Condition([b]);
    }

    private bool AllJoins => world.IsPostgreSql || SqliteLibrary.HasAllJoins;

    // A child's key to its parent, or a parent's key to its children.
    private (WorldTable Source, WorldTable Target, WorldColumn Column, WorldColumn Key) Link()
    {
        var children = world.Tables.SelectMany(table => table.Columns.Where(column => column.Parent is not null).Select(key => (Table: table, Key: key))).ToList();
        var (child, key) = dice.In(children);
        var parent = world.Tables.First(table => table.Name == key.Parent);
        var of = parent.Columns.First(column => column.Name == key.ParentColumn);
        return dice.Chance(0.65) ? (child, parent, key, of) : (parent, child, of, key);
    }

    // The rows that tell the values: pinned ones, or the first few of a derived table.
    private (string From, string Condition) Rows(Source a, WorldTable table, WorldColumn column)
    {
        var pin = dice.In(table.Columns.Where(candidate => candidate.IsUnique || candidate.Parent is not null || dice.Chance(0.2)).DefaultIfEmpty(table.Columns[0]).ToList());
        var condition = $"{a.Name(pin)} = {values.Any(pin)}";
        var order = string.Join(", ", table.PrimaryKey);
        var names = string.Join(", ", table.Columns.Take(2).Append(column).Select(each => each.Name).Distinct());
        return dice.Weighted(6, 3, 2, 2) switch
        {
            0 => ($"{table.Name} a", condition),
            1 => ($"(SELECT {names} FROM {table.Name} ORDER BY a {dice.Of("", "DESC")}, {order} LIMIT {1 + dice.Below(3)}) AS a", ""),
            2 => ($"(SELECT {column.Name}, count(*) AS n, sum(a) AS total FROM {table.Name} GROUP BY {column.Name} ORDER BY n DESC, {column.Name} LIMIT {1 + dice.Below(2)}) AS a", ""),
            _ => ($"(SELECT {names}, a FROM {table.Name} WHERE a < {dice.Below(4)}) AS a", ""),
        };
    }

    private string Names(Source source, WorldColumn column) =>
        source.Alias == "a" ? source.Name(column) : string.Join(", ", source.Columns.Where(each => each.Name != column.Name).Select(source.Name).DefaultIfEmpty(source.Name(column)));

    private string Scalar(WorldTable source, WorldTable target, WorldColumn column, WorldColumn key)
    {
        var pin = dice.In(source.Columns.Where(candidate => candidate.IsUnique || candidate.Parent is not null).DefaultIfEmpty(source.Columns[0]).ToList());
        return $"SELECT * FROM {target.Name} b WHERE b.{key.Name} = (SELECT {column.Name} FROM {source.Name} WHERE {pin.Name} = {values.Any(pin)} ORDER BY {string.Join(", ", source.PrimaryKey)} LIMIT 1)";
    }

    // The looked-up rows tell the values of yet another table.
    private string TwoSteps(string text, WorldTable target)
    {
        var next = target.Columns.FirstOrDefault(column => column.Parent is not null);
        if (next is null || !text.Contains(" b ON ", StringComparison.Ordinal) || !text.StartsWith("SELECT a.", StringComparison.Ordinal))
            return text;
        var where = text.IndexOf(" WHERE a.", StringComparison.Ordinal);
        var join = $" {dice.Of("JOIN", "LEFT JOIN")} {next.Parent} z ON z.{next.ParentColumn} = b.{next.Name}";
        text = where < 0 ? text + join : text.Insert(where, join);
        return text.Replace("SELECT ", "SELECT z.a AS za, ", StringComparison.Ordinal) is var widened && text.Split("SELECT ").Length == 2 ? widened : text;
    }

    private static string Where(string condition) => condition.Length > 0 ? " WHERE " + condition : "";

    private static string And(string condition) => condition.Length > 0 ? " AND " + condition : "";
}
