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
}
