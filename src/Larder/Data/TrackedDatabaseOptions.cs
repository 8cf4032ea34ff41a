using System.Data.Common;
using Larder.SqlAnalysis;
using Larder.SqlAnalysis.Schema;

namespace Larder.Data;

/// <summary>A database whose reads and writes are followed, so that what is cached of it is dropped when it is written.</summary>
public sealed record TrackedDatabaseOptions
{
    private static readonly TimeSpan ShortestCheckInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestCheckInterval = TimeSpan.FromHours(1);

    /// <summary>Where connections to the database come from. Not disposed by Larder. Required.</summary>
    public required DbDataSource DataSource { get; init; }

    /// <summary>Whose SQL the statements are written in. Required.</summary>
    public required SqlDialect Dialect { get; init; }

    /// <summary>The name that the sources of sections refer to the database by. Default <see cref="SqlDatabase.DefaultName"/>; not empty.</summary>
    public string Name { get; init; } = SqlDatabase.DefaultName;

    /// <summary>
    /// The name that tags begin with: the same on every node that uses the database, another one for another database. Default null: <see cref="Name"/>.
    /// </summary>
    public string? TagName { get; init; }

    /// <summary>How sections store and bind values. Default: as <see cref="SqlDatabaseOptions"/> says.</summary>
    public SqlDatabaseOptions Views { get; init; } = new();

    /// <summary>
    /// Whether anything is followed. False: sections are as old as their policies allow, and nobody is told of writes. Default true.
    /// Configuration, for all tracked databases of a host and stronger than this: <c>Larder:Tracking</c> (off, table, row).
    /// </summary>
    public bool IsTracked { get; init; } = true;

    /// <summary>How finely. Default <see cref="TrackingPrecision.Row"/>.</summary>
    public TrackingPrecision Precision { get; init; } = TrackingPrecision.Row;

    /// <summary>
    /// Whether the rows that an UPDATE is about to give another key or foreign key are read before, in the same transaction, so that only what depended on
    /// their old values is dropped. False: whatever was read by that column is. Default true; what RETURNING gives for nothing is used in any case.
    /// </summary>
    public bool CaptureOldValues { get; init; } = true;

    /// <summary>
    /// Whether sections of views run up to four short queries before their own, in the same round trip, to know which rows of joined tables they read. A
    /// query over a derived table of the section runs that twice. False: such tables are read as a whole. Default true.
    /// </summary>
    public bool Lookups { get; init; } = true;

    /// <summary>What functions and triggers do that the catalog does not tell. Default: nothing; unknown ones may change anything.</summary>
    public SchemaDeclarations Declarations { get; init; } = new();

    /// <summary>
    /// How often, at most and only on use, it is asked whether somebody else changed the schema. Default 5 seconds; between 100 milliseconds and one hour.
    /// Changes that go through the tracked data source are seen at once.
    /// </summary>
    public TimeSpan SchemaCheckInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Called before a connection is closed on which names or settings were changed (a temporary table, ATTACH), so that its provider does not lend the
    /// physical connection to somebody else as it is. Npgsql resets connections by itself; for Microsoft.Data.Sqlite this is <c>ClearPool</c>. Default null:
    /// on SQLite nothing is cached any more once that happened.
    /// </summary>
    public Action<DbConnection>? Discard { get; init; }

    internal string TagPrefix => TagName ?? Name;

    /// <summary>What the configuration's word makes of the options; empty: nothing.</summary>
    /// <exception cref="ArgumentException">There is no such word.</exception>
    internal TrackedDatabaseOptions WithTracking(string? word) => word?.Trim().ToUpperInvariant() switch
    {
        null or "" => this,
        "OFF" => this with { IsTracked = false },
        "TABLE" => this with { IsTracked = true, Precision = TrackingPrecision.Table },
        "ROW" => this with { IsTracked = true, Precision = TrackingPrecision.Row },
        _ => throw new ArgumentException($"Larder:Tracking is '{word}': it must be off, table or row.", nameof(word)),
    };

    /// <summary>What is out of bounds; null: nothing is.</summary>
    internal string? Problem() =>
        DataSource is null || Views is null || Declarations is null ? "DataSource, Views and Declarations must not be null."
        : string.IsNullOrWhiteSpace(Name) || string.IsNullOrWhiteSpace(TagPrefix) ? "Name and TagName must not be empty."
        : SchemaCheckInterval < ShortestCheckInterval || SchemaCheckInterval > LongestCheckInterval
            ? $"SchemaCheckInterval is {SchemaCheckInterval}; it must be between {ShortestCheckInterval} and {LongestCheckInterval}."
        : !Enum.IsDefined(Dialect) || !Enum.IsDefined(Precision) ? "Dialect and Precision must be defined values."
        : null;
}
