using Larder.SqlAnalysis.Schema;
using Larder.SqlAnalysis.Tokenizer;

namespace Larder.SqlAnalysis.Statements;

/// <summary>What is found out about one statement while its tokens are read.</summary>
internal sealed class StatementContext(SqlTokens tokens, SchemaModel schema, AnalyzerFaults faults)
{
    /// <summary>Queries nested deeper than this are not understood: the parser recurses once a level.</summary>
    public const int MaxDepth = 64;

    public SqlTokens Tokens { get; } = tokens;

    public SchemaModel Schema { get; } = schema;

    public SqlDialect Dialect => Schema.Dialect;

    /// <summary>Every occurrence of a base table that is read.</summary>
    public List<TableItem> Reads { get; } = [];

    /// <summary>Every relation whose rows the statement itself changes, without cascades and triggers.</summary>
    public List<TableWrite> Writes { get; } = [];

    /// <summary>Relations that the schema does not know.</summary>
    public List<string> UnknownRelations { get; } = [];

    /// <summary>The common table expressions in scope.</summary>
    public List<string> CommonTables { get; } = [];

    /// <summary>The query blocks read so far, by the place of their SELECT.</summary>
    public Dictionary<int, QueryScope> Blocks { get; } = [];

    /// <summary>The first reason not to store the result.</summary>
    public string? NotCacheable { get; private set; }

    /// <summary>The first reason why the statement may write more than is known.</summary>
    public string? NotProved { get; private set; }

    /// <summary>Set once the tokens are not understood; parsing ends soon after.</summary>
    public bool Failed { get; private set; }

    public int Depth { get; set; }

    /// <summary>The query block that is being read; its tables can be named in the blocks within it.</summary>
    public QueryScope? Scope { get; set; }

    public bool Has(AnalyzerFaults fault) => (faults & fault) != AnalyzerFaults.None;

    public void DoNotCache(string reason) => NotCacheable ??= reason;

    public void DoNotTrust(string reason)
    {
        NotProved ??= reason;
        NotCacheable ??= reason;
    }

    /// <summary>The text is not understood: it may read and write anything.</summary>
    public void Fail(string reason)
    {
        Failed = true;
        DoNotTrust(reason);
    }

    public bool Enter()
    {
        if (++Depth <= MaxDepth)
            return true;
        Fail("nested too deeply");
        return false;
    }

    public void Leave() => Depth--;

    /// <summary>Notes that a view is read: its base tables as a whole.</summary>
    public void AddView(TrackedRelation view)
    {
        if (view.View is not { } reads)
        {
            DoNotTrust($"the view {view.Definition.FullName} is not understood");
            return;
        }

        if (reads.NotReadOnly is { } write)
            DoNotTrust($"view {view.Definition.FullName}: {write}");
        if (reads.NotCacheable is { } reason)
            DoNotCache($"view {view.Definition.FullName}: {reason}");
        foreach (var table in reads.Bases)
            Reads.Add(new TableItem(table, null, table.Definition.Name, view.Definition.Name));
    }

    /// <summary>Resolves a relation that a query reads; null where its columns are not those of a base table.</summary>
    public TrackedRelation? AddRead(string? schemaName, string name)
    {
        var relation = Schema.Find(schemaName, name);
        if (relation is null)
        {
            AddUnknown(schemaName, name);
            return null;
        }

        if (relation.NotCacheable is { } reason)
            DoNotCache(reason);
        if (relation.Kind != RelationKind.View)
            return relation;
        if (!Has(AnalyzerFaults.ViewNotExpanded))
            AddView(relation);
        return null;
    }

    /// <summary>Notes that a function whose effects the host declared is called.</summary>
    public void AddDeclaredWrites(IReadOnlyList<string> relations)
    {
        foreach (var name in relations)
        {
            if (Schema.Find(name) is { } relation)
                Writes.Add(TableWrite.AnyRows(relation, RowEvents.All));
            else
                DoNotTrust($"the declared relation {name} is not in the schema");
        }
    }

    private void AddUnknown(string? schemaName, string name)
    {
        var isCatalog = schemaName is "pg_catalog" or "information_schema"
            || (schemaName is null && name.StartsWith(Dialect == SqlDialect.Sqlite ? "sqlite_" : "pg_", StringComparison.Ordinal));
        if (isCatalog)
        {
            DoNotCache($"{name} is a catalog of the database");
            return;
        }

        UnknownRelations.Add(schemaName is null ? name : $"{schemaName}.{name}");
        var unknown = $"the relation {UnknownRelations[^1]} is not in the schema";
        if (Dialect == SqlDialect.PostgreSql)
            DoNotTrust(unknown + " and may be a view that calls anything");
        else
            DoNotCache(unknown);
    }
}
