using Larder.Freshness;
using Larder.SqlAnalysis.Schema;
using Larder.SqlAnalysis.Statements;

namespace Larder.Data.Tracking;

/// <summary>What one transaction has written so far. For one thread at a time, as a connection is.</summary>
internal sealed class PendingWrites
{
    private const string OtherSchema = "the schema changed after the statement was analysed";

    private readonly WriteSetBuilder _builder = new();
    private readonly List<Tag> _wildcards = [];
    private SqlAnalyzer? _analyzer;

    public bool IsEmpty => _builder.IsEmpty;

    /// <summary>Whether the schema changes with it.</summary>
    public bool ChangesSchema { get; private set; }

    /// <summary>Whether even a rollback says nothing about what became of it.</summary>
    public bool IsUntracked { get; private set; }

    public void Add<TParameters>(SqlAnalyzer analyzer, StatementAnalysis statement, TParameters parameters, in WriteObservation observed)
        where TParameters : ISqlParameters
    {
        Use(analyzer);
        ChangesSchema |= statement.IsSchemaChange;
        if (statement.Writes.IsEmpty && statement.WritesAnything is null)
        {
            return;
        }

        _builder.Add(statement, parameters, observed);
        foreach (var write in statement.Writes)
        {
            if (!_wildcards.Contains(write.Relation.AnyRow))
            {
                _wildcards.Add(write.Relation.AnyRow);
            }
        }
    }

    /// <summary>Adds rows of a table that nothing is known of, written by what nobody follows.</summary>
    public void AddUntracked(SqlAnalyzer analyzer, TrackedRelation relation)
    {
        IsUntracked = true;
        AddRow(analyzer, relation, new Dictionary<string, object?>(StringComparer.Ordinal));
    }

    /// <summary>Adds a row of which anything may have changed; columns that are missing count as any value.</summary>
    public void AddRow(SqlAnalyzer analyzer, TrackedRelation relation, IReadOnlyDictionary<string, object?> values)
    {
        Use(analyzer);
        _builder.AddNewRow(relation, values);
        _wildcards.Add(relation.AnyRow);
    }

    public void AddEverything(string reason) => _builder.AddEverything(reason);

    /// <summary>Adds what nobody follows, neither what it writes nor what it does to the transaction.</summary>
    public void AddUntracked(string reason)
    {
        IsUntracked = true;
        _builder.AddEverything(reason);
    }

    /// <summary>What is to be read of the parents of written children, before the commit.</summary>
    public IReadOnlyList<ParentQuery> ParentQueries() => _builder.IsEmpty || _builder.WritesAnything is not null ? [] : [.. _builder.ParentQueries()];

    public void AddParents(ParentQuery query, IReadOnlyList<object?[]> rows) => _builder.AddParents(query, rows);

    /// <summary>What is to be published.</summary>
    /// <param name="current">The analysis in use by now; the tags of another schema say nothing about it.</param>
    public WriteSet ToWriteSet(SqlAnalyzer? current)
    {
        if (_builder.WritesAnything is not null || !ReferenceEquals(_analyzer, current) || _analyzer is null)
        {
            return WriteSet.Everything;
        }

        return new WriteSet(_builder.ToTags()) { SchemaHash = _analyzer.Schema.Hash, Wildcards = [.. _wildcards] };
    }

    private void Use(SqlAnalyzer analyzer)
    {
        if (_analyzer is not null && !ReferenceEquals(_analyzer, analyzer))
        {
            _builder.AddEverything(OtherSchema);
        }

        _analyzer = analyzer;
    }
}
