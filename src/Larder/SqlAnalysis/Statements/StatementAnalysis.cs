using System.Collections.Immutable;
using Larder.Freshness;
using Larder.SqlAnalysis.Schema;

namespace Larder.SqlAnalysis.Statements;

/// <summary>What a statement does.</summary>
internal enum StatementKind : byte
{
    /// <summary>Reads and is proved to do nothing else.</summary>
    Read,

    Write,

    /// <summary>Writes and gives rows back.</summary>
    ReadWrite,

    /// <summary>Begins, ends or divides a transaction.</summary>
    Transaction,

    /// <summary>Changes the schema.</summary>
    SchemaChange,

    /// <summary>Changes the session or asks about the server, and touches no table.</summary>
    Session,

    /// <summary>May do anything.</summary>
    Unknown,
}

/// <summary>What a statement does to the transaction.</summary>
internal enum TransactionAction : byte
{
    None,
    Begin,
    Commit,
    Rollback,
    Savepoint,
    Release,
    RollbackTo,
    Prepare,
    CommitPrepared,
    RollbackPrepared,

    /// <summary>Changes its properties.</summary>
    Set,
}

/// <summary>How closely an occurrence of a table is known.</summary>
internal enum ReadLevel : byte
{
    /// <summary>By a unique key.</summary>
    Row,

    /// <summary>By the value of a column.</summary>
    Column,

    /// <summary>As a whole.</summary>
    Table,
}

/// <summary>One occurrence of a table in a read, and why it has its level.</summary>
internal sealed record TableRead(TrackedRelation Relation, string Alias, ReadLevel Level, Pin? Pin, string Because)
{
    /// <summary>How it is looked up where its pin tells little or it has none. Who does not run the probe takes the pin, or reads the table as a whole.</summary>
    public Lookup? Lookup { get; init; }

    /// <summary>What of its rows the statement uses; default where that is not known, and any change of a row counts.</summary>
    public ImmutableArray<Tag> Facets { get; init; }
}

/// <summary>What is known of one statement of a text. Never changes; an execution only binds values to it.</summary>
internal sealed record StatementAnalysis
{
    public required StatementKind Kind { get; init; }

    /// <summary>The statement itself, without the semicolon.</summary>
    public required string Text { get; init; }

    public TransactionAction Transaction { get; init; }

    /// <summary>The savepoint or the prepared transaction.</summary>
    public string? TransactionName { get; init; }

    /// <summary>Every occurrence of a base table that is read.</summary>
    public ImmutableArray<TableRead> Reads { get; init; } = [];

    /// <summary>Every relation whose rows change, cascades and triggers included.</summary>
    public ImmutableArray<TableWrite> Writes { get; init; } = [];

    /// <summary>The one of <see cref="Writes"/> whose rows <see cref="Capture"/> and RETURNING give; null where the statement itself is no write.</summary>
    public TableWrite? Target { get; init; }

    /// <summary>Why the result may not be stored; null where it may.</summary>
    public string? NotCacheable { get; init; }

    /// <summary>Why everything counts as written; null where <see cref="Writes"/> is complete.</summary>
    public string? WritesAnything { get; init; }

    /// <summary>Relations the schema does not know: it may have changed, or they are temporary.</summary>
    public ImmutableArray<string> UnknownRelations { get; init; } = [];

    /// <summary>The schema has to be read again once the statement is committed.</summary>
    public bool IsSchemaChange => Kind == StatementKind.SchemaChange;

    /// <summary>From here on names may mean something else in this session, such as a temporary table: it reads and stores nothing from the cache.</summary>
    public bool TaintsSession { get; init; }

    /// <summary>Reads the old rows of an UPDATE or DELETE; null where none are needed or a query cannot read them.</summary>
    public CaptureQuery? Capture { get; init; }

    /// <summary>Whether the statement says RETURNING.</summary>
    public bool HasReturning { get; init; }

    /// <summary>The columns of its target that RETURNING gives.</summary>
    public ImmutableArray<ReturnedColumn> Returned { get; init; } = [];

    /// <summary>What to add to <see cref="Text"/> so that it gives back what only the database knows; null where that helps nothing.</summary>
    public string? ReturningSuffix { get; init; }

    /// <summary>The columns, in order, that <see cref="ReturningSuffix"/> gives.</summary>
    public ImmutableArray<TrackedColumn> ReturningColumns { get; init; } = [];

    public bool IsCacheable => Kind == StatementKind.Read && NotCacheable is null;

    /// <summary>What the reads of this statement depend on, ready to be bound.</summary>
    public required ReadTemplate ReadTemplate { get; init; }
}

/// <summary>What is known of a text, which may hold several statements.</summary>
internal sealed record AnalyzedText(string Text, ImmutableArray<StatementAnalysis> Statements)
{
    /// <summary>Whether the result of the whole text may be stored.</summary>
    public bool IsCacheable { get; } = Statements.Length > 0 && Statements.All(statement => statement.IsCacheable);

    /// <summary>Whether it is proved to write nothing.</summary>
    public bool IsReadOnly { get; } = Statements.All(statement =>
        statement.WritesAnything is null && statement.Writes.IsEmpty && statement.Kind is StatementKind.Read or StatementKind.Session);

    /// <summary>Whether it changes what names and values mean in the session.</summary>
    public bool TaintsSession { get; } = Statements.Any(statement => statement.TaintsSession);

    /// <summary>Whether it begins a transaction.</summary>
    public bool BeginsTransaction { get; } = Statements.Any(statement => statement.Transaction is TransactionAction.Begin or TransactionAction.Savepoint);

    /// <summary>Whether it names a relation that the schema does not know, which may have changed.</summary>
    public bool NamesUnknown { get; } = Statements.Any(statement => !statement.UnknownRelations.IsEmpty);

    /// <summary>The first reason not to store the result.</summary>
    public string? NotCacheable { get; } = Statements.IsEmpty
        ? "there is no statement"
        : Statements.Select(statement => statement.NotCacheable ?? (statement.Kind == StatementKind.Read ? null : $"it is a {statement.Kind}"))
            .FirstOrDefault(reason => reason is not null);
}
