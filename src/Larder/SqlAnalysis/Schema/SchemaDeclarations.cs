namespace Larder.SqlAnalysis.Schema;

/// <summary>What a host knows of its database that the catalog does not tell: what functions and triggers change, and which tables to leave alone.</summary>
/// <remarks>Relations are named <c>schema.table</c> on PostgreSQL and <c>table</c> on SQLite. Names are compared exactly, in lower case unless quoted.</remarks>
public sealed class SchemaDeclarations
{
    /// <summary>
    /// The relations that a function changes, by the function's name without its schema; none: it changes nothing. A function that is not built in and not
    /// listed here may change anything.
    /// </summary>
    public IDictionary<string, IReadOnlyList<string>> FunctionEffects { get; } = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);

    /// <summary>The functions whose result depends on their arguments and on the tables the statement names, and on nothing else.</summary>
    public ISet<string> DeterministicFunctions { get; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>
    /// The relations that a trigger changes beside the row it runs for, by the trigger's name or, on PostgreSQL, by its function's; none: it changes nothing
    /// else. PostgreSQL triggers that are not listed may change anything; SQLite's are read from their text.
    /// </summary>
    public IDictionary<string, IReadOnlyList<string>> TriggerEffects { get; } = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);

    /// <summary>Relations whose rows are never cached. Default: none.</summary>
    public ISet<string> UncachedRelations { get; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>Columns beside keys and foreign keys whose values are named in tags, by relation. Each costs a tag a written row.</summary>
    public IDictionary<string, IReadOnlyList<string>> EligibleColumns { get; } = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);

    /// <summary>
    /// Paths from a child, by its relation, to columns of its parents: a query that joins the child by that key to a parent whose column has known values then
    /// depends on the children of such parents only. A transaction that writes the child reads the parents, under a share lock on PostgreSQL, before it
    /// commits. A path that the schema does not bear out is left out. Default: none.
    /// </summary>
    public IDictionary<string, IReadOnlyList<ParentPath>> ParentPaths { get; } = new Dictionary<string, IReadOnlyList<ParentPath>>(StringComparer.Ordinal);
}

/// <summary>A column of a parent, seen from a child.</summary>
/// <param name="ForeignKey">The child's column: a foreign key by itself, to a key that is unique by itself.</param>
/// <param name="ParentColumn">The parent's column, of a type whose values can be named in tags.</param>
public sealed record ParentPath(string ForeignKey, string ParentColumn);
