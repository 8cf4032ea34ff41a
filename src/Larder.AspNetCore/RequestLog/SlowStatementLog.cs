using System.Data.Common;
using System.Text;
using Larder.Freshness;
using Larder.Views.Execution;
using Microsoft.Extensions.Options;

namespace Larder.AspNetCore.RequestLog;

/// <summary>
/// Writes slow statements, with their plans where that is asked for. A plan comes from <c>EXPLAIN</c>, never from a second run: on a connection of its own, in a
/// read-only transaction that is rolled back, one at a time and no oftener than the options say.
/// </summary>
internal sealed class SlowStatementLog : ISlowStatementListener
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly RequestLogWriter _writer;
    private readonly RequestLogOptions _options;
    private readonly TimeProvider _time;
    private readonly Lock _explaining = new();
    private long? _lastExplainedAt;
    private bool _isExplaining;

    public SlowStatementLog(RequestLogWriter writer, IOptions<RequestLogOptions> options, TimeProvider time)
    {
        _writer = writer;
        _options = options.Value;
        _time = time;
        Threshold = writer.Levels.IsOn(RequestLogEvent.SlowQuery) ? _options.SlowQuery : TimeSpan.MaxValue;
    }

    public TimeSpan Threshold { get; }

    public void Observe(SlowStatement statement)
    {
        List<KeyValuePair<string, object?>> fields =
        [
            .. RequestIdentity.Current(),
            new("database", statement.Database.Name),
            new("sections", statement.Loads.Select(load => load.Section.Name).ToArray()),
            new("statement", string.Join(";\n", statement.Loads.Select(load => load.Sql.Text))),
            new("statements", (long)statement.Loads.Count),
            new("duration_ms", statement.Elapsed),
            new("completed", statement.IsCompleted),
        ];
        if (_options.ExplainSlowQueries && MayExplain())
        {
            DetachedWork.Start(() => ExplainAsync(statement, fields));
        }
        else
        {
            Write(fields);
        }
    }

    private bool MayExplain()
    {
        lock (_explaining)
        {
            if (_isExplaining || (_lastExplainedAt is { } last && _time.GetElapsedTime(last) < _options.ExplainInterval))
            {
                return false;
            }

            _isExplaining = true;
            _lastExplainedAt = _time.GetTimestamp();
            return true;
        }
    }

    private async Task ExplainAsync(SlowStatement statement, List<KeyValuePair<string, object?>> fields)
    {
        try
        {
            using var limit = new CancellationTokenSource(Patience, _time);
            fields.Add(new("plan", await PlanAsync(statement, limit.Token)));
        }
        catch (Exception exception)
        {
            fields.Add(new("plan", null));
            fields.Add(new("plan_error", exception.Message));
        }

        lock (_explaining)
        {
            _isExplaining = false;
        }

        Write(fields);
    }

    private async Task<string> PlanAsync(SlowStatement statement, CancellationToken cancellationToken)
    {
        var database = statement.Database;
        var connection = await database.DataSource.OpenConnectionAsync(cancellationToken);
        await using var disposal = connection;
        await ExecuteAsync(connection, database.Options.BeginSnapshot, cancellationToken);
        var plan = new StringBuilder();
        try
        {
            foreach (var load in statement.Loads)
            {
                if (statement.Loads.Count > 1)
                {
                    plan.Append("-- ").Append(load.Section.Name).Append('\n');
                }

                await AppendPlanAsync(connection, statement, load, plan, cancellationToken);
            }
        }
        finally
        {
            await ExecuteAsync(connection, "ROLLBACK", CancellationToken.None);
        }

        return plan.ToString();
    }

    private async Task AppendPlanAsync(DbConnection connection, SlowStatement statement, SectionLoad load, StringBuilder plan, CancellationToken cancellationToken)
    {
        var text = statement.Database.TextOf(load.Sql);
        if (text.AsSpan().TrimEnd().TrimEnd(';').Contains(';'))
        {
            // EXPLAIN stands for the first statement of several, and the others would run.
            plan.Append("(not asked for: there may be more than one statement)\n");
            return;
        }

        await using var command = connection.CreateCommand();
        command.CommandText = $"{statement.Database.Options.Explain} {text}";
        command.CommandTimeout = (int)Patience.TotalSeconds;
        statement.Database.AddParameters(command.Parameters, command.CreateParameter, load);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken) && plan.Length < _options.MaxDetailLength)
        {
            // PostgreSQL has one column; SQLite says the same in its last, after the numbers of the node and its parent.
            plan.Append(reader.GetValue(reader.FieldCount - 1)).Append('\n');
        }
    }

    private static async Task ExecuteAsync(DbConnection connection, string text, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = text;
        command.CommandTimeout = (int)Patience.TotalSeconds;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private void Write(List<KeyValuePair<string, object?>> fields) =>
        _writer.Enqueue(new RequestLogEntry(RequestLogEvent.SlowQuery, _writer.Levels.Of(RequestLogEvent.SlowQuery), fields));
}
