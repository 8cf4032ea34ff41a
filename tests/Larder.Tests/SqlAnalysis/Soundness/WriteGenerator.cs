namespace Larder.Tests.SqlAnalysis.Soundness;

/// <summary>Makes writes over a world, of every kind that the analysis claims to know.</summary>
internal sealed class WriteGenerator(World world, Dice dice)
{
    private readonly ValueGenerator _values = new(world, dice);

    public SqlCase Generate()
    {
        var text = dice.Weighted(22, 18, 4, 34, 6, 14, 4, 5, 3, 5, 16) switch
        {
            0 => Insert(world.Pick(dice)),
            1 => Upsert(world.Pick(dice)),
            2 => InsertSelect(),
            3 => Update(),
            4 => UpdateFrom(),
            5 => Delete(),
            6 => DeleteUsing(),
            7 => OfView(),
            8 => Rewrite(),
            9 => InWith(),
            _ => Transition(),
        };
        return new SqlCase(text, [.. _values.Bound]);
    }

    /// <summary>A row that somebody else inserts in between, into the table that the write then changes.</summary>
    public SqlCase Interloper(string target)
    {
        var table = world.Tables.FirstOrDefault(table => table.Name == target) ?? world.Pick(dice);
        return new SqlCase(Insert(table) + " ON CONFLICT DO NOTHING", [.. _values.Bound]);
    }

    private ConditionGenerator Conditions => new(world, dice, _values);

    private string Insert(WorldTable table, bool namesKeys = false)
    {
        if (table.HasMadeUpId && !namesKeys && dice.Chance(0.03))
            return $"INSERT INTO {table.Name} DEFAULT VALUES";
        var columns = table.Written.Where(column => column.IsNotNull || dice.Chance(0.8)).ToList();
        if (table.HasMadeUpId && dice.Chance(namesKeys ? 0.2 : 0.6))
            columns.RemoveAll(column => column.Name == "id");
        var rows = Enumerable.Range(0, dice.Weighted(5, 1) + 1).Select(_ => $"({string.Join(", ", columns.Select(column => Value(table, column)))})");
        return $"INSERT INTO {table.Name} ({string.Join(", ", columns.Select(column => column.Name))}) VALUES {string.Join(", ", rows)}";
    }

    private string Value(WorldTable table, WorldColumn column)
    {
        if (column.Name == "id" && table.HasMadeUpId)
            return dice.Weighted(2, 2, 1) switch
            {
                0 => (6 + dice.Below(3)).ToString(),
                1 when !world.IsPostgreSql => "NULL",
                1 => "DEFAULT",
                _ => (1 + dice.Below(8)).ToString(),
            };
        return dice.Weighted(3, 3, 1) switch
        {
            0 => _values.Stored(column),
            2 when column.Kind == ColumnKind.Integer => $"{dice.Below(3)} + {dice.Below(3)}",
            _ => _values.Any(column),
        };
    }

    private string Upsert(WorldTable table)
    {
        var insert = Insert(table, namesKeys: true);
        if (insert.EndsWith("DEFAULT VALUES", StringComparison.Ordinal))
            return insert;
        if (!world.IsPostgreSql && dice.Chance(0.4))
            return insert.Replace("INSERT INTO", dice.Of("REPLACE INTO", "INSERT OR REPLACE INTO", "REPLACE INTO", "INSERT OR IGNORE INTO"), StringComparison.Ordinal);
        var keys = table.Columns.Where(column => column.IsUnique).Select(column => column.Name).Append(string.Join(", ", table.PrimaryKey)).Distinct().ToList();
        var action = dice.Weighted(1, 3, 2) switch
        {
            0 => "NOTHING",
            1 => $"UPDATE SET {Assignments(table, table.Name)}",
            _ => "UPDATE SET a = excluded.a",
        };
        return $"{insert} ON CONFLICT ({dice.In(keys)}) DO {action}";
    }

    private string InsertSelect()
    {
        var table = world.Pick(dice);
        var other = dice.In(world.Tables);
        var columns = table.Written.Where(column => column.Name != "id" && !column.IsUnique).ToList();
        var picks = columns.Select(column => dice.In(other.Columns.Where(c => c.Kind == column.Kind).Select(c => "q." + c.Name).DefaultIfEmpty("NULL").ToList()));
        return $"INSERT INTO {table.Name} ({string.Join(", ", columns.Select(column => column.Name))}) SELECT {string.Join(", ", picks)} FROM {other.Name} q "
            + $"WHERE {Conditions.Condition([new Source("q", other.Columns)])}{(table.HasMadeUpId ? "" : " ON CONFLICT DO NOTHING")}";
    }

    private string Assignments(WorldTable table, string name)
    {
        var columns = table.Written.Where(column => column.Name != "id" || dice.Chance(0.15)).ToList();
        var chosen = Enumerable.Range(0, 1 + dice.Below(2)).Select(_ => dice.In(columns)).Distinct();
        return string.Join(", ", chosen.Select(column => column.Kind == ColumnKind.Integer && dice.Chance(0.25)
            ? $"{column.Name} = {name}.{column.Name} + 1"
            : $"{column.Name} = {_values.Any(column)}"));
    }

    private string Update()
    {
        var table = world.Pick(dice);
        var name = table.Parts.Count > 0 && dice.Chance(0.2) ? dice.In(table.Parts) : table.Name;
        var verb = !world.IsPostgreSql && dice.Chance(0.08) ? "UPDATE OR REPLACE" : "UPDATE";
        return $"{verb} {name} SET {Assignments(table, name)} WHERE {Conditions.Condition([new Source(name, table.Columns)])}";
    }

    // One column of some rows, from one value to another: what a change of a state is.
    private string Transition()
    {
        var table = world.Pick(dice);
        var column = ColumnQueryGenerator.State(world, dice, table);
        var from = dice.Chance(0.3) ? $"{column.Name} IS NULL" : $"{column.Name} = {_values.Any(column)}";
        var key = dice.Chance(0.4) ? $" AND {table.PrimaryKey[0]} = {1 + dice.Below(5)}" : "";
        return $"UPDATE {table.Name} SET {column.Name} = {(dice.Chance(0.1) ? "NULL" : _values.Any(column))} WHERE {from}{key}";
    }

    private string UpdateFrom()
    {
        var table = world.Pick(dice);
        var other = dice.In(world.Tables);
        var both = new List<Source> { new(table.Name, table.Columns), new("o", other.Columns) };
        var join = $"{table.Name}.a = o.a";
        return $"UPDATE {table.Name} SET {dice.Of("a = o.a + 1", $"a = {dice.Below(5)}")} FROM {other.Name} o WHERE {join} AND {Conditions.Condition(both)}";
    }

    private string Delete()
    {
        var table = world.Pick(dice);
        return $"DELETE FROM {table.Name} WHERE {Conditions.Condition([new Source(table.Name, table.Columns)])}";
    }

    private string DeleteUsing()
    {
        if (!world.IsPostgreSql)
            return Delete();
        var table = world.Pick(dice);
        var other = dice.In(world.Tables);
        var both = new List<Source> { new("d", table.Columns), new("o", other.Columns) };
        return $"DELETE FROM {table.Name} d USING {other.Name} o WHERE d.a = o.a AND {Conditions.Condition(both)}";
    }

    private string OfView()
    {
        var view = world.Views.First(candidate => candidate.IsWritable);
        var source = new Source(view.Name, view.Columns);
        return dice.Chance(0.5)
            ? $"UPDATE {view.Name} SET a = {dice.Below(5)} WHERE {Conditions.Condition([source])}"
            : $"DELETE FROM {view.Name} WHERE {Conditions.Condition([source])}";
    }

    private string Rewrite()
    {
        if (!world.IsPostgreSql)
            return Delete();
        var table = world.Pick(dice);
        if (dice.Chance(0.3))
            return $"TRUNCATE {table.Name} CASCADE";
        var other = dice.In(world.Tables);
        return $"MERGE INTO {table.Name} m USING {other.Name} o ON m.a = o.a AND o.{other.PrimaryKey[0]} = {dice.Below(5)} "
            + $"WHEN MATCHED AND m.a > 2 THEN DELETE WHEN MATCHED THEN UPDATE SET a = m.a + 1 WHEN NOT MATCHED THEN DO NOTHING";
    }

    private string InWith()
    {
        var table = world.Pick(dice);
        var other = dice.In(world.Tables);
        if (!world.IsPostgreSql)
        {
            return $"WITH k AS (SELECT a FROM {other.Name} WHERE a < {dice.Below(5)}) UPDATE {table.Name} SET a = a + 1 WHERE a IN (SELECT a FROM k) "
                + $"AND {Conditions.Condition([new Source(table.Name, table.Columns)])}";
        }

        var condition = Conditions.Condition([new Source(table.Name, table.Columns)]);
        return dice.Weighted(2, 1) switch
        {
            0 => $"WITH d AS (DELETE FROM {table.Name} WHERE {condition} RETURNING *) SELECT count(*) FROM d",
            _ => $"WITH d AS (UPDATE {table.Name} SET a = {dice.Below(5)} WHERE {condition} RETURNING a) UPDATE {other.Name} SET a = a + 1 WHERE a IN (SELECT a FROM d)",
        };
    }
}
