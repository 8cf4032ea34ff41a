using System.Data.Common;
using System.Globalization;
using Larder.Freshness;
using Larder.SqlAnalysis;
using Larder.SqlAnalysis.Schema;
using Larder.SqlAnalysis.Statements;
using Microsoft.Extensions.Logging;

namespace Larder.Data.Tracking;

/// <summary>
/// The schema of one database as it was read last, and the analysis that stands on it. It is read before the first use and after every change that went
/// through the tracked data source; what others change is looked for in the background on use, and at once when a statement names something unknown.
/// </summary>
/// <remarks>
/// Tags of two schemas do not compare: a trigger that is new makes writes of yesterday's analysis incomplete. So a changed schema first replaces the
/// analysis and then publishes everything; a write that was analysed before counts as everything when it is published after.
/// </remarks>
internal sealed class TrackedSchema(TrackedDatabaseOptions options, InvalidationPublisher publisher, TimeProvider time, ILogger logger) : IDisposable
{
    private const int MaxReadings = 5;
    private static readonly TimeSpan PauseBetweenDemands = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _reading = new(1, 1);
    private readonly Lock _hashing = new();
    private volatile SqlAnalyzer? _current;
    private SqlAnalyzer? _last;
    private string? _version;
    private long _checkedAt;
    private int _changes;
    private int _isChecking;

    /// <summary>The analysis to use; null while the schema is not known, or known to be out of date.</summary>
    public SqlAnalyzer? Current => _current;

    /// <summary>The analysis that was current last, where that may be out of date; null before the schema was read.</summary>
    public SqlAnalyzer? Last => Volatile.Read(ref _last);

    /// <summary>Whether there is a current analysis, and it is too soon to look whether it still is.</summary>
    public bool IsReady => _current is not null && time.GetElapsedTime(Volatile.Read(ref _checkedAt)) <= options.SchemaCheckInterval;

    /// <summary>Makes sure that there is a current analysis, on a connection of its own. Completes at once where there is one.</summary>
    public ValueTask<SqlAnalyzer> GetAsync(CancellationToken cancellationToken)
    {
        if (_current is not { } current)
        {
            return ReadAsync(idle: null, isDemanded: false, cancellationToken);
        }

        if (time.GetElapsedTime(Volatile.Read(ref _checkedAt)) > options.SchemaCheckInterval)
        {
            CheckInBackground();
        }

        return new(current);
    }

    /// <summary>The same on a connection that is open and idle, because a pool may have no second one to give.</summary>
    public ValueTask<SqlAnalyzer> GetAsync(DbConnection idle, CancellationToken cancellationToken) =>
        _current is { } current ? new(current) : ReadAsync(idle, isDemanded: false, cancellationToken);

    /// <summary>Looks at once whether somebody else changed the schema, unless that was just done.</summary>
    /// <param name="idle">An open connection; null: one of its own.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public ValueTask<SqlAnalyzer> DemandAsync(DbConnection? idle, CancellationToken cancellationToken) =>
        _current is { } current && time.GetElapsedTime(Volatile.Read(ref _checkedAt)) < PauseBetweenDemands
            ? new(current)
            : ReadAsync(idle, isDemanded: true, cancellationToken);

    /// <summary>A change of the schema was committed. To be called before its publication, so that whatever begins after it is analysed anew.</summary>
    public void MarkChanged()
    {
        Interlocked.Increment(ref _changes);
        _current = null;
    }

    public void Dispose() => _reading.Dispose();

    private void CheckInBackground()
    {
        if (Interlocked.Exchange(ref _isChecking, 1) == 0)
        {
            DetachedWork.Start(CheckAsync);
        }
    }

    private async Task CheckAsync()
    {
        try
        {
            await ReadAsync(idle: null, isDemanded: true, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            // The database is away, and so is whoever could have changed it through this node; the next use asks again.
            Volatile.Write(ref _checkedAt, time.GetTimestamp());
            Log.SchemaNotChecked(logger, options.Name, exception);
        }
        finally
        {
            Volatile.Write(ref _isChecking, 0);
        }
    }

    private async ValueTask<SqlAnalyzer> ReadAsync(DbConnection? idle, bool isDemanded, CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!isDemanded && _current is { } current)
            {
                return current;
            }

            if (idle is not null)
            {
                return await ReadFromAsync(idle, cancellationToken).ConfigureAwait(false);
            }

            var connection = await options.DataSource.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
            await using var disposal = connection.ConfigureAwait(false);
            return await ReadFromAsync(connection, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _reading.Release();
        }
    }

    private async ValueTask<SqlAnalyzer> ReadFromAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        for (var reading = 0; ; reading++)
        {
            // The version first, and again after the reading of several statements: a change in between shows.
            var changes = Volatile.Read(ref _changes);
            var version = await ReadVersionAsync(connection, cancellationToken).ConfigureAwait(false);
            if (_current is { } same && version == _version)
            {
                Volatile.Write(ref _checkedAt, time.GetTimestamp());
                return same;
            }

            var model = await ReadModelAsync(connection, cancellationToken).ConfigureAwait(false);
            var isSettled = version == await ReadVersionAsync(connection, cancellationToken).ConfigureAwait(false) && changes == Volatile.Read(ref _changes);
            if (isSettled || reading == MaxReadings)
            {
                return await UseAsync(model, isSettled ? version : null, changes).ConfigureAwait(false);
            }
        }
    }

    private async ValueTask<SqlAnalyzer> UseAsync(SchemaModel model, string? version, int changes)
    {
        var before = _last;

        // The texts known so far stay known where nothing changed that they depend on.
        var analyzer = before?.Schema.Hash == model.Hash ? before : new SqlAnalyzer(model);
        lock (_hashing)
        {
            publisher.Node.SchemaHash ^= (before?.Schema.Hash ?? 0) ^ model.Hash;
        }

        Volatile.Write(ref _last, analyzer);
        _version = version;
        Volatile.Write(ref _checkedAt, time.GetTimestamp());
        _current = analyzer;
        if (changes != Volatile.Read(ref _changes))
        {
            // Changed again meanwhile. The caller goes on with what was read; its writes will count as everything.
            _current = null;
        }

        if (before is not null && !ReferenceEquals(before, analyzer))
        {
            await publisher.PublishAsync(WriteSet.Everything with { Cause = InvalidationCause.Schema }).ConfigureAwait(false);
            Log.SchemaChanged(logger, options.Name);
        }

        return analyzer;
    }

    private async ValueTask<string> ReadVersionAsync(DbConnection connection, CancellationToken cancellationToken) => options.Dialect == SqlDialect.PostgreSql
        ? await PostgreSqlSchemaReader.ReadVersionAsync(connection, cancellationToken).ConfigureAwait(false)
        : (await SqliteSchemaReader.ReadVersionAsync(connection, cancellationToken).ConfigureAwait(false)).ToString(CultureInfo.InvariantCulture);

    private Task<SchemaModel> ReadModelAsync(DbConnection connection, CancellationToken cancellationToken) => options.Dialect == SqlDialect.PostgreSql
        ? PostgreSqlSchemaReader.ReadAsync(connection, options.TagPrefix, options.Declarations, cancellationToken: cancellationToken)
        : SqliteSchemaReader.ReadAsync(connection, options.TagPrefix, options.Declarations, cancellationToken: cancellationToken);
}
