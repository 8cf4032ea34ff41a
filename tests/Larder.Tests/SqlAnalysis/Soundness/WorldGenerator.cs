using Larder.SqlAnalysis;
using Larder.SqlAnalysis.Schema;

namespace Larder.Tests.SqlAnalysis.Soundness;

/// <summary>Makes a world of a few small tables that refer to each other, with cascades, triggers, views and odd columns.</summary>
internal sealed class WorldGenerator(SqlDialect dialect, int seed)
{
    private readonly Dice _dice = new(seed);
    private readonly World _world = new() { Dialect = dialect };

    private bool IsPostgreSql => _world.IsPostgreSql;

    public World Generate()
    {
        AddTable("t0", [], "id");
        AddTable("t1", ["t0"], "id");
        AddTable("t2", _dice.Chance(0.5) ? ["t1"] : ["t0", "t1"], "id");
        if (_dice.Chance(0.4))
            AddPairTable();
        foreach (var table in _world.Tables)
        {
            for (var rows = 5 + _dice.Below(4); rows > 0; rows--)
                _world.Statements.Add(Row(table));
        }

        AddViews();
        if (_dice.Chance(0.6))
            AddTrigger();
        return _world;
    }

    private void AddTable(string name, string[] parents, string key)
    {
        var columns = new List<WorldColumn> { new(key, ColumnKind.Integer) { IsUnique = true, IsNotNull = true } };
        foreach (var parent in parents)
            columns.Add(new WorldColumn($"{parent}_id", ColumnKind.Integer, parent, "id") { IsNotNull = _dice.Chance(0.2), Rest = Actions() });
        if (_dice.Chance(0.6))
            columns.Add(new WorldColumn("code", ColumnKind.Text) { IsUnique = true });
        var coded = parents.FirstOrDefault(parent => Table(parent).Columns.Any(column => column.Name == "code"));
        if (coded is not null && _dice.Chance(0.4))
            columns.Add(new WorldColumn("ref", ColumnKind.Text, coded, "code") { Rest = Actions() });
        columns.Add(new WorldColumn("a", ColumnKind.Integer));
        columns.Add(new WorldColumn("b", ColumnKind.Text));
        if (_dice.Chance(0.5))
            columns.Add(new WorldColumn("f", ColumnKind.Boolean));
        if (_dice.Chance(0.4))
            columns.Add(new WorldColumn("g", IsPostgreSql ? ColumnKind.Uuid : _dice.Of(ColumnKind.NoCaseText, ColumnKind.Untyped)));
        if (_dice.Chance(0.3))
            columns.Add(new WorldColumn("made", ColumnKind.Integer) { IsGenerated = true, Rest = " GENERATED ALWAYS AS (a * 2) STORED" });
        var eligible = columns.Where(column => column.Name is "a" or "b" or "f" or "g" && _dice.Chance(0.5)).Select(column => column.Name).ToList();
        if (eligible.Count > 0)
            _world.Declarations.EligibleColumns[IsPostgreSql ? $"public.{name}" : name] = eligible;

        foreach (var child in columns.Where(column => column.Parent is not null && _dice.Chance(0.7)))
        {
            var ends = Table(child.Parent!).Columns.Where(column => column.Name != child.ParentColumn && column.Kind is not ColumnKind.Untyped).ToList();
            var path = new ParentPath(child.Name, _dice.In(ends).Name);
            var full = IsPostgreSql ? $"public.{name}" : name;
            _world.Declarations.ParentPaths[full] = [.. _world.Declarations.ParentPaths.TryGetValue(full, out var others) ? others : [], path];
        }

        var isPartitioned = IsPostgreSql && name == "t2" && columns.All(column => column.Name != "code") && _dice.Chance(0.3);
        var table = new WorldTable(name, columns, [key]) { Parts = isPartitioned ? [name + "_even", name + "_odd"] : [] };
        _world.Tables.Add(table);
        _world.Statements.Add(Create(table, isPartitioned ? " PARTITION BY HASH (id)" : ""));
        for (var part = 0; part < table.Parts.Count; part++)
            _world.Statements.Add($"CREATE TABLE {table.Parts[part]} PARTITION OF {name} FOR VALUES WITH (MODULUS 2, REMAINDER {part})");
    }

    // A key of two columns, one of which refers to a parent.
    private void AddPairTable()
    {
        var table = new WorldTable(
            "t3",
            [
                new WorldColumn("t0_id", ColumnKind.Integer, "t0", "id") { IsNotNull = true, Rest = " ON DELETE CASCADE ON UPDATE CASCADE" },
                new WorldColumn("k", ColumnKind.Integer) { IsNotNull = true },
                new WorldColumn("a", ColumnKind.Integer) { Rest = " DEFAULT 3" },
            ],
            ["t0_id", "k"]);
        _world.Tables.Add(table);
        _world.Statements.Add(Create(table, ""));
    }

    private string Create(WorldTable table, string options)
    {
        var parts = table.Columns.Select(column =>
        {
            var isId = table.HasMadeUpId && column.Name == "id";
            var text = $"{column.Name} {(isId ? IdType : TypeOf(column.Kind))}";
            if (column.IsNotNull && !isId)
                text += " NOT NULL";
            if (column.IsUnique && !isId)
                text += !IsPostgreSql && _dice.Chance(0.1) ? " UNIQUE ON CONFLICT REPLACE" : " UNIQUE";
            return column.Parent is null ? text + column.Rest : $"{text} REFERENCES {column.Parent} ({column.ParentColumn}){column.Rest}";
        });
        var isInline = table.HasMadeUpId && !IsPostgreSql;
        var key = isInline ? "" : $", PRIMARY KEY ({string.Join(", ", table.PrimaryKey)})";
        return $"CREATE TABLE {table.Name} ({string.Join(", ", parts)}{key}){options}";
    }

    private string IdType => IsPostgreSql ? "bigint GENERATED BY DEFAULT AS IDENTITY (START 6)" : "INTEGER PRIMARY KEY";

    private string TypeOf(ColumnKind kind) => kind switch
    {
        ColumnKind.Integer => IsPostgreSql ? _dice.Of("integer", "bigint") : _dice.Of("INTEGER", "BIGINT", "NUMERIC", "DECIMAL(10,2)"),
        ColumnKind.Text => IsPostgreSql ? _dice.Of("text", "varchar(3)", "text COLLATE \"C\"") : _dice.Of("TEXT", "VARCHAR(3)"),
        ColumnKind.NoCaseText => "TEXT COLLATE NOCASE",
        ColumnKind.Boolean => IsPostgreSql ? "boolean" : "BOOLEAN",
        ColumnKind.Uuid => "uuid",
        _ => "",
    };

    private string Actions()
    {
        string[] actions = ["CASCADE", "CASCADE", "SET NULL", "NO ACTION"];
        return $" ON DELETE {_dice.In(actions)} ON UPDATE {_dice.In(actions)}";
    }

    private WorldTable Table(string name) => _world.Tables.Single(table => table.Name == name);

    private string Row(WorldTable table)
    {
        var values = new ValueGenerator(_world, _dice);
        var columns = table.Written.Where(column => column.Name != "id" || !table.HasMadeUpId).ToList();
        var texts = columns.ConvertAll(column => values.Stored(column));
        if (table.HasMadeUpId)
        {
            columns.Insert(0, table.Columns[0]);
            texts.Insert(0, (1 + _dice.Below(5)).ToString());
        }

        // Rows that collide or have no parent are left out; enough remain.
        return $"INSERT INTO {table.Name} ({string.Join(", ", columns.Select(column => column.Name))}) VALUES ({string.Join(", ", texts)}) ON CONFLICT DO NOTHING";
    }

    private void AddViews()
    {
        var table = _dice.In(_world.Tables);
        var isPlain = _dice.Chance(0.5);
        var condition = isPlain && _dice.Chance(0.5) ? "" : $" WHERE a <> {_dice.Below(4)}";
        _world.Views.Add(new WorldView("v0", $"SELECT * FROM {table.Name}{condition}", table.Columns) { IsWritable = true });
        if (!IsPostgreSql)
        {
            var keys = string.Join(" AND ", table.PrimaryKey.Select(key => $"{key} = OLD.{key}"));
            _world.Statements.Add($"CREATE VIEW v0 AS {_world.Views[0].Query}");
            _world.Statements.Add($"CREATE TRIGGER v0_update INSTEAD OF UPDATE ON v0 BEGIN UPDATE {table.Name} SET a = NEW.a, b = 'v' WHERE {keys}; END".Replace(
                ", b = 'v'", table.Columns.Any(column => column.Name == "b") ? ", b = 'v'" : "", StringComparison.Ordinal));
            _world.Statements.Add($"CREATE TRIGGER v0_delete INSTEAD OF DELETE ON v0 BEGIN DELETE FROM {table.Name} WHERE {keys}; END");
        }
        else
        {
            _world.Statements.Add($"CREATE VIEW v0 AS {_world.Views[0].Query}");
        }

        var query = "SELECT x.id AS id, x.a AS a, y.b AS b FROM t1 x LEFT JOIN v0 y ON y.a = x.a".Replace("y.b", table.Columns.Any(c => c.Name == "b") ? "y.b" : "x.b", StringComparison.Ordinal);
        _world.Views.Add(new WorldView("v1", query, [new("id", ColumnKind.Integer), new("a", ColumnKind.Integer), new("b", ColumnKind.Text)]));
        _world.Statements.Add($"CREATE VIEW v1 AS {query}");
    }

    private void AddTrigger()
    {
        var table = _dice.Of("t0", "t1", "t2");
        var target = _dice.Of("t0", "t1", "t2");
        var happening = _dice.Of("INSERT", "UPDATE", "DELETE");
        var row = happening == "DELETE" ? "OLD" : "NEW";
        if (!IsPostgreSql)
        {
            var effect = _dice.Of(
                $"UPDATE {target} SET a = a + 1 WHERE id = {row}.id",
                $"UPDATE {target} SET b = 't' WHERE a = {row}.a",
                $"DELETE FROM {target} WHERE id = {row}.id + 1");
            if (target != table || happening == "INSERT")
                _world.Statements.Add($"CREATE TRIGGER g0 {_dice.Of("AFTER", "BEFORE")} {happening} ON {table} BEGIN {effect}; END");
            return;
        }

        if (_dice.Chance(0.5))
        {
            _world.Statements.Add("CREATE FUNCTION bump() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.a := NEW.a + 1; NEW.b := 't'; RETURN NEW; END $$");
            _world.Statements.Add($"CREATE TRIGGER g0 BEFORE {_dice.Of("INSERT", "UPDATE", "INSERT OR UPDATE")} ON {table} FOR EACH ROW EXECUTE FUNCTION bump()");
            _world.Declarations.TriggerEffects["bump"] = [];
            return;
        }

        if (target == table)
            return;
        _world.Statements.Add(
            $"CREATE FUNCTION spread() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE {target} SET a = a + 1 WHERE id = {row}.id; RETURN NULL; END $$");
        _world.Statements.Add($"CREATE TRIGGER g1 AFTER {happening} ON {table} FOR EACH ROW EXECUTE FUNCTION spread()");
        _world.Declarations.TriggerEffects["g1"] = [$"public.{target}"];
    }
}
