using Larder.Data;

namespace Larder.Views.Execution;

/// <summary>Is told of statements that took long. It is called in the flow of the load, so it takes note and nothing more.</summary>
internal interface ISlowStatementListener
{
    /// <summary>The duration beyond which it is told.</summary>
    TimeSpan Threshold { get; }

    void Observe(SlowStatement statement);
}

/// <summary>One statement that took long, or one batch: nobody outside of the server can tell how long a statement in a batch took.</summary>
/// <param name="Database">Where it ran.</param>
/// <param name="Loads">The sections whose statements it was.</param>
/// <param name="Elapsed">How long it took, until its last row was read or it failed.</param>
/// <param name="IsCompleted">Whether all of its rows were read.</param>
internal sealed record SlowStatement(SqlDatabase Database, IReadOnlyList<SectionLoad> Loads, TimeSpan Elapsed, bool IsCompleted);
