using System.Runtime.CompilerServices;
using Larder.AspNetCore.Management.Documents;
using Larder.AspNetCore.Monitoring;
using Larder.AspNetCore.RequestLog;
using Larder.Caching;
using Larder.Data;
using Larder.Explain;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Larder.AspNetCore.Management;

/// <summary>Drops what an operator names, on every node, and logs who asked.</summary>
internal sealed class CacheInvalidator(LarderCache cache, CacheExplainer explainer, ILogger<CacheInvalidator> logger)
{
    private const int LongestReason = 200;

    /// <exception cref="ManagementRefusedException">It names nothing, several things, or one out of its bounds.</exception>
    public async Task<InvalidationAnswer> InvalidateAsync(HttpContext context, InvalidationRequest request)
    {
        if (new object?[] { request.Key, request.Tag, request.Pattern, request.Entity }.Count(named => named is not null) != 1)
        {
            throw new ManagementRefusedException(StatusCodes.Status400BadRequest, "The body says exactly one of 'key', 'tag', 'pattern' and 'entity'.");
        }

        if (request.Reason?.Length > LongestReason)
        {
            throw ManagementRefusedException.Of("reason", $"has at most {LongestReason} characters.");
        }

        var (what, dropped, isComplete) = request switch
        {
            { Key: { } key } => DropKey(Text(key, CacheKeyFormat.MaxLength)),
            { Tag: { } tag } => DropTag(Text(tag, CacheKeyFormat.MaxLength)),
            { Pattern: { } pattern } => await DropPatternAsync(Text(pattern, CachePattern.MaxLength), context.RequestAborted),
            _ => await DropRowAsync(request.Entity!, context.RequestAborted),
        };
        Log.Invalidated(
            logger,
            ManagementAccess.NameOf(context),
            ManagementAccess.AddressOf(context),
            RequestLogText.OneLine(what, CacheKeyFormat.MaxLength).ToString(),
            dropped,
            RequestLogText.OneLine(request.Reason ?? "no reason given", LongestReason).ToString());
        var isPublished = cache.Publisher.Pending == 0;
        var but = !isPublished ? "; the invalidation log is away, and other nodes hear of it when it is back." : !isComplete ? "; the second level could not be searched to its end." : ".";
        return new(Success: true, $"Dropped {dropped} cached {(dropped == 1 ? "entry" : "entries")}{but}", dropped, isComplete && isPublished);
    }

    /// <summary>What would be dropped with a row.</summary>
    public async ValueTask<DropExplanation> ExplainRowAsync(RowRequest request, CancellationToken cancellationToken)
    {
        var (table, values, database) = RowOf(request, "");
        try
        {
            var row = await explainer.ExplainRowAsync(table, values, database, cancellationToken);
            return new(row.Table, row.WriteTags, row.Drops, row.DropCount);
        }
        catch (ArgumentException exception)
        {
            throw Refused(exception, "");
        }
    }

    private (string What, int Dropped, bool IsComplete) DropKey(string key)
    {
        var dropped = explainer.CountByKey(key);
        cache.Remove(key);
        return ($"key {key}", dropped, true);
    }

    private (string What, int Dropped, bool IsComplete) DropTag(string tag)
    {
        var dropped = cache.CountByTag(tag);
        cache.RemoveByTag(tag);
        return ($"tag {tag}", dropped, true);
    }

    private async Task<(string What, int Dropped, bool IsComplete)> DropPatternAsync(string pattern, CancellationToken cancellationToken)
    {
        var removal = await cache.RemoveByPatternAsync(pattern, cancellationToken);
        return ($"pattern {pattern}", (int)Math.Min(removal.Keys, int.MaxValue), removal.IsComplete);
    }

    private async Task<(string What, int Dropped, bool IsComplete)> DropRowAsync(RowRequest request, CancellationToken cancellationToken)
    {
        var (table, values, database) = RowOf(request, "entity.");
        try
        {
            var dropped = await explainer.InvalidateRowAsync(table, values, database, cancellationToken);
            return ($"row of {table} where {string.Join(" and ", values.Select(value => $"{value.Key} = {value.Value ?? "null"}"))}", dropped, true);
        }
        catch (ArgumentException exception)
        {
            throw Refused(exception, "entity.");
        }
    }

    private static (string Table, Dictionary<string, object?> Values, string Database) RowOf(RowRequest request, string prefix)
    {
        if (string.IsNullOrWhiteSpace(request.Table))
        {
            throw ManagementRefusedException.Of($"{prefix}table", "is needed: the name of a table.");
        }

        return request.Key is { Count: > 0 }
            ? (request.Table, ManagementBody.Values($"{prefix}key", request.Key), request.Database ?? SqlDatabase.DefaultName)
            : throw ManagementRefusedException.Of($"{prefix}key", "is needed: the values of one or more columns, such as {\"id\": 5}.");
    }

    // The name of the parameter is that of the member; the message ends with it.
    private static ManagementRefusedException Refused(ArgumentException exception, string prefix) => new(
        StatusCodes.Status400BadRequest,
        RequestLogText.OneLine(exception.Message.Replace($" (Parameter '{exception.ParamName}')", "", StringComparison.Ordinal), 500).ToString(),
        prefix + (exception.ParamName == "values" ? "key" : exception.ParamName));

    private static string Text(string text, int longest, [CallerArgumentExpression(nameof(text))] string member = "") =>
        text.Length > 0 && text.Length <= longest ? text : throw ManagementRefusedException.Of(member, $"has 1 to {longest} characters.");
}
