using System.Collections.Immutable;
using System.Data.Common;
using Larder.Freshness;
using Larder.SqlAnalysis;
using Larder.SqlAnalysis.Statements;
using Microsoft.Extensions.Logging;

namespace Larder.Data.Tracking;

/// <summary>What all connections to one tracked database share: its schema, the analysis of its statements, and the way to the invalidation log.</summary>
internal sealed class TrackedDatabase : IDisposable
{
    private const int MaxDegraded = 1024;

    private readonly InvalidationPublisher _publisher;
    private readonly ILogger _logger;
    private readonly UnknownOutcomes _unknown;
    private readonly Lock _degrading = new();
    private volatile ImmutableHashSet<string> _degraded = ImmutableHashSet.Create<string>(StringComparer.Ordinal);
    private volatile ImmutableHashSet<string> _withoutLookups = ImmutableHashSet.Create<string>(StringComparer.Ordinal);
    private volatile string? _taint;

    public TrackedDatabase(TrackedDatabaseOptions options, InvalidationPublisher publisher, TimeProvider time, ILogger logger)
    {
        if (options.Problem() is { } problem)
        {
            throw new ArgumentException(problem, nameof(options));
        }

        (Options, _publisher, _logger) = (options, publisher, logger);
        Schema = new TrackedSchema(options, publisher, time, logger);
        _unknown = new UnknownOutcomes(options, publisher, time, logger);
    }

    public TrackedDatabaseOptions Options { get; }

    public SqlDialect Dialect => Options.Dialect;

    public TrackedSchema Schema { get; }

    /// <summary>Why nothing of it may be cached; null: nothing is against it.</summary>
    public string? Taint => _taint;

    /// <summary>Publishes what was committed. It ends when this node has applied it, and throws nothing.</summary>
    public ValueTask<WriteToken> PublishAsync(PendingWrites pending)
    {
        if (pending.IsEmpty)
        {
            return default;
        }

        var writes = pending.ToWriteSet(Schema.Current);
        if (pending.ChangesSchema)
        {
            Schema.MarkChanged();
        }

        return _publisher.PublishAsync(writes);
    }

    public ValueTask<WriteToken> PublishAsync(WriteSet writes) => _publisher.PublishAsync(writes);

    /// <summary>Publishes for a caller who cannot wait: what another process's log has not taken yet is bypassed here.</summary>
    public void PublishDetached(PendingWrites pending)
    {
        if (pending.IsEmpty)
        {
            return;
        }

        var writes = pending.ToWriteSet(Schema.Current);
        if (pending.ChangesSchema)
        {
            Schema.MarkChanged();
        }

        _ = _publisher.BypassUntilResolved(writes with { }).ResolveAsync(isCommitted: true).AsTask();
    }

    /// <summary>Deals with a commit of which nobody knows whether it happened.</summary>
    public ValueTask<WriteToken> PublishUnknownAsync(PendingWrites pending, Exception exception)
    {
        // SQLite runs in this process: what its commit did, it had done when it returned.
        if (pending.IsEmpty || Dialect == SqlDialect.Sqlite)
        {
            return PublishAsync(pending);
        }

        var writes = pending.ToWriteSet(Schema.Current);
        if (pending.ChangesSchema)
        {
            Schema.MarkChanged();
        }

        _unknown.Add(writes, exception);
        return new(WriteToken.Poison);
    }

    /// <summary>A physical connection on which names may mean something else is closed.</summary>
    public void Discard(DbConnection connection, string reason)
    {
        if (Options.Discard is { } discard)
        {
            discard(connection);
        }
        else if (Dialect == SqlDialect.Sqlite && _taint is null)
        {
            _taint = reason;
            Log.DatabaseTainted(_logger, Options.Name, reason);
        }
    }

    /// <summary>Trusts the fine tags of a text no longer. Beyond a number of texts, those of no text.</summary>
    public void Degrade(string text)
    {
        lock (_degrading)
        {
            _degraded = _degraded.Add(text).Union(Schema.Last?.Analyze(text).Statements.Select(statement => statement.Text) ?? []);
        }
    }

    /// <summary>Whether a statement is tracked by its tables because its fine tags proved wrong.</summary>
    public bool IsDegraded(StatementAnalysis statement) => _degraded.Count > 0 && (_degraded.Count > MaxDegraded || _degraded.Contains(statement.Text));

    /// <summary>Runs the probes of a statement no longer, because one failed: in a batch that costs the other sections a second try. Beyond a number, those of none.</summary>
    public void StopLookups(StatementAnalysis statement)
    {
        lock (_degrading)
        {
            _withoutLookups = _withoutLookups.Count > MaxDegraded ? _withoutLookups : _withoutLookups.Add(statement.Text);
        }
    }

    /// <summary>Whether the probes of a statement are run.</summary>
    public bool LooksUp(StatementAnalysis statement) =>
        Options is { Lookups: true, Precision: TrackingPrecision.Row } && !IsDegraded(statement)
        && (_withoutLookups.Count == 0 || (_withoutLookups.Count <= MaxDegraded && !_withoutLookups.Contains(statement.Text)));

    /// <summary>The tags that a statement reads.</summary>
    /// <param name="statement">The statement.</param>
    /// <param name="parameters">The values it is run with.</param>
    /// <param name="found">What its probes gave; null: they were not run.</param>
    public Tag[] TagsOf<TParameters>(StatementAnalysis statement, TParameters parameters, IReadOnlyList<IReadOnlyList<object?>?>? found = null)
        where TParameters : ISqlParameters =>
        Options.Precision == TrackingPrecision.Row && !IsDegraded(statement)
            ? statement.ReadTemplate.Bind(parameters, found)
            : [.. statement.Reads.Select(read => read.Relation.Table).Distinct()];

    public void Dispose() => Schema.Dispose();
}
