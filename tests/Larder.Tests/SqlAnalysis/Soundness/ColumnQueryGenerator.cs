namespace Larder.Tests.SqlAnalysis.Soundness;

/// <summary>Makes queries that use few columns of a table, in all the ways in which one can be meant without being qualified or even named.</summary>
internal sealed class ColumnQueryGenerator(World world, Dice dice, ValueGenerator values)
{
    public string Generate()
    {
        var table = world.Pick(dice);
        var where = Where(table);
        var (one, other) = (dice.In(table.Columns.ToList()).Name, dice.In(table.Columns.ToList()).Name);
        return dice.Weighted(6, 3, 3, 6, 3, 2, 2, 2, 2, 3) switch
        {
            0 => $"SELECT {one}, {other} FROM {table.Name}{where}",
            1 => $"SELECT * FROM {table.Name}{where}",
            2 => $"SELECT k.{table.PrimaryKey[0]}, k.* FROM {table.Name} k{where}",
            3 => $"SELECT count(*) FROM {table.Name} WHERE {Test(table)}{And(where)}",
            4 => $"SELECT sum(CASE WHEN {Test(table)} THEN 1 ELSE 0 END) AS n FROM {table.Name}{where}",
            5 => $"SELECT {(world.IsPostgreSql ? "k::text" : "count(*)")} FROM {table.Name} k{where}",
            6 => $"SELECT count(*) FROM {table.Name} NATURAL JOIN {dice.In(world.Tables.Where(each => each != table).ToList()).Name}",
            7 => $"SELECT x.a FROM {table.Name} x JOIN {dice.In(world.Tables).Name} y USING (a){where.Replace(" WHERE ", " WHERE x.", StringComparison.Ordinal)}",
            8 => $"SELECT d.{one} FROM (SELECT {one}, {table.PrimaryKey[0]} AS other FROM {table.Name}{where}) AS d ORDER BY d.other",
            _ => $"SELECT {one} FROM {table.Name} WHERE {Test(table)} ORDER BY {string.Join(", ", table.PrimaryKey)} LIMIT 2",
        };
    }

    /// <summary>A column that is no key, one whose values are told more often than not.</summary>
    public static WorldColumn State(World world, Dice dice, WorldTable table)
    {
        var columns = table.Written.Where(each => each.Name is "a" or "b" or "f").ToList();
        var told = world.Declarations.EligibleColumns.TryGetValue(world.IsPostgreSql ? $"public.{table.Name}" : table.Name, out var names) ? names : [];
        var eligible = columns.FindAll(column => told.Contains(column.Name));
        return eligible.Count > 0 && dice.Chance(0.8) ? dice.In(eligible) : dice.In(columns);
    }

    private string Where(WorldTable table)
    {
        var key = dice.In(table.Columns.Where(column => column.IsUnique || column.Parent is not null).DefaultIfEmpty(table.Columns[0]).ToList());
        return dice.Chance(0.5) ? $" WHERE {key.Name} = {values.Any(key)}" : "";
    }

    private string Test(WorldTable table)
    {
        var column = State(world, dice, table);
        var name = column.Name;
        return dice.Weighted(4, 5, 2, 2, 2, column.Kind == ColumnKind.Boolean ? 0 : 8, 1) switch
        {
            0 => $"{name} = {values.Any(column)}",
            1 => $"{name} <> {values.Any(column)}",
            2 => $"{name} IN ({values.Any(column)}, {values.Any(column)})",
            3 => $"{name} NOT IN ({values.Any(column)})",
            4 => $"NOT {name} = {values.Any(column)}",
            5 => $"{name} {dice.Of("<", ">")} {(column.Kind == ColumnKind.Integer ? 1 + dice.Below(4) : "'x'")}",
            _ => $"({name} <> {values.Any(column)}) IS NOT FALSE",
        };
    }

    private static string And(string where) => where.Replace(" WHERE ", " AND ", StringComparison.Ordinal);
}
