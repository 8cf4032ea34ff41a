using System.Text.Json.Serialization.Metadata;
using Larder.AspNetCore.Management.Documents;
using Larder.AspNetCore.Monitoring.Documents;
using Larder.AspNetCore.Warming;
using Larder.Caching;
using Larder.Data;
using Larder.Explain;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Larder.AspNetCore.Management;

/// <summary>The endpoints that show, explain, drop and measure what is cached.</summary>
internal sealed class ManagementEndpoints(RouteGroupBuilder group)
{
    private const string Cache = "/api/v2/cache";
    private const string Advanced = "/api/advanced-cache";
    private const int DefaultLimit = 100;
    private const int MaxLimit = 1000;

    private static readonly ManagementJson Json = ManagementJson.Default;
    private readonly IServiceProvider _services = ((IEndpointRouteBuilder)group).ServiceProvider;

    /// <summary>The names of the orders.</summary>
    public static IReadOnlyDictionary<string, EntryOrder> Orders { get; } = new Dictionary<string, EntryOrder>(StringComparer.Ordinal)
    {
        ["hits"] = EntryOrder.Hits,
        ["size"] = EntryOrder.Size,
        ["age"] = EntryOrder.Age,
    };

    public void Map()
    {
        var entries = _services.GetRequiredService<EntryReader>();
        var invalidator = _services.GetRequiredService<CacheInvalidator>();
        var configuration = _services.GetRequiredService<ConfigurationReader>();

        Get($"{Cache}/entries", "What this node holds", "pattern order_by limit", Json.EnvelopeEntryPage, query => new(List(entries, query)));
        Get($"{Cache}/entry", "One entry: its tags, and the statement behind each", "key", Json.EnvelopeEntryDetail, query => new(
            entries.Read(Text(query, "key", CacheKeyFormat.MaxLength) ?? throw ManagementRefusedException.Of("key", "is needed."))
                ?? throw new ManagementRefusedException(StatusCodes.Status404NotFound, "Nothing is held under this key; /api/v2/cache/explain says what may have become of it.")));
        Get($"{Cache}/explain", "Why a request or a key is answered from the cache or not", "path key", Json.EnvelopeRequestExplanation, query => new(Explain(entries, query)));
        Get($"{Cache}/configuration", "The configuration in force, without its secrets", "", Json.EnvelopeConfigurationDocument, _ => new(configuration.Read()));
        Post($"{Cache}/explain/row", "What depends on a row of a table", Json.RowRequest, Json.EnvelopeDropExplanation,
            async (context, body) => new(await invalidator.ExplainRowAsync(body, context.RequestAborted)));
        Post($"{Cache}/explain/statement", "What a statement reads, writes and would drop; it is not run", Json.StatementRequest, Json.EnvelopeStatementExplanation,
            async (context, body) => new(await ExplainAsync(body, context.RequestAborted)));
        foreach (var path in new[] { $"{Cache}/invalidate", $"{Advanced}/management/invalidate" })
        {
            Post(path, "Drops by key, tag, pattern or row, on every node", Json.InvalidationRequest, Json.InvalidationAnswer, invalidator.InvalidateAsync);
        }

        if (_services.GetService<WarmingReporter>() is { } warming)
        {
            Get($"{Advanced}/analytics/warming-status", "How the warming tasks are doing", "", Json.EnvelopeWarmingReport, _ => new(warming.Read()));
            Post($"{Cache}/warm-cache", "Runs warming tasks now, with what they depend on; all unless some are named", Json.WarmRequest, Json.WarmAnswer,
                (context, body) => Task.FromResult(warming.Warm(context, body.Tasks)));
            Post($"{Advanced}/management/warm-critical", "Runs the critical warming tasks now", Json.EmptyRequest, Json.WarmAnswer, (context, _) => Task.FromResult(warming.WarmCritical(context)));
        }

        var benchmark = _services.GetRequiredService<ViewBenchmark>();
        Post($"{Cache}/benchmark/{{view}}", "Measures whole requests for a view with and without the cache", Json.BenchmarkRequest, Json.BenchmarkAnswer, async (context, body) =>
        {
            var answer = await benchmark.RunAsync(context, (string)context.GetRouteValue("view")!, ManagementBody.Values("parameters", body.Parameters), body.Iterations);
            return new(answer.PerformanceImprovementPercent, answer.Cached.AvgMs, answer.Uncached.AvgMs, answer.MeetsTarget);
        });
        Post($"{Advanced}/performance/test", "The same with all its figures", Json.PerformanceTestRequest, Json.EnvelopePerformanceTestAnswer, async (context, body) => new(
            await benchmark.RunAsync(
                context, body.View ?? throw ManagementRefusedException.Of("view", "is needed."), ManagementBody.Values("parameters", body.Parameters), body.Iterations)));
    }

    private static EntryPage List(EntryReader entries, IQueryCollection query)
    {
        var pattern = Text(query, "pattern", CachePattern.MaxLength);
        var order = Text(query, "order_by", MaxLimit) ?? "hits";
        var limit = DefaultLimit;
        if (!Orders.TryGetValue(order, out var by))
        {
            throw ManagementRefusedException.Of("order_by", $"must be one of {string.Join(", ", Orders.Keys)}.");
        }

        return Text(query, "limit", MaxLimit) is { } text && !(int.TryParse(text, out limit) && limit is >= 1 and <= MaxLimit)
            ? throw ManagementRefusedException.Of("limit", $"must be a whole number between 1 and {MaxLimit}.")
            : entries.List(pattern, by, limit);
    }

    private static RequestExplanation Explain(EntryReader entries, IQueryCollection query) =>
        (Text(query, "path", CachedRequests.LongestPath), Text(query, "key", CacheKeyFormat.MaxLength)) switch
        {
            ({ } path, null) => entries.ExplainPath(path),
            (null, { } key) => entries.ExplainKey(key),
            _ => throw ManagementRefusedException.Of("path", "or 'key' is needed, one of them."),
        };

    private async ValueTask<StatementExplanation> ExplainAsync(StatementRequest request, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(request.Sql))
        {
            throw ManagementRefusedException.Of("sql", "is needed: one statement or several.");
        }

        var database = request.Database ?? SqlDatabase.DefaultName;
        try
        {
            return await _services.GetRequiredService<CacheExplainer>()
                .ExplainStatementAsync(request.Sql, [.. ManagementBody.Values("parameters", request.Parameters)], database, cancellationToken);
        }
        catch (ArgumentException)
        {
            throw ManagementRefusedException.Of("database", "is no tracked database.");
        }
    }

    private static string? Text(IQueryCollection query, string name, int longest)
    {
        var values = query[name];
        return values.Count > 1 || values.ToString().Length > longest ? throw ManagementRefusedException.Of(name, $"is given once, with at most {longest} characters.")
            : string.IsNullOrEmpty(values) ? null
            : (string?)values;
    }

    private void Get<T>(string pattern, string summary, string parameters, JsonTypeInfo<T> type, Func<IQueryCollection, T> answer) =>
        Describe(group.MapGet(pattern, (Delegate)((HttpContext context) => AnswerAsync(context, type, () => Task.FromResult(answer(context.Request.Query))))), summary, parameters, null, typeof(T));

    private void Post<TBody, T>(string pattern, string summary, JsonTypeInfo<TBody> bodyType, JsonTypeInfo<T> type, Func<HttpContext, TBody, Task<T>> answer) =>
        Describe(
            group.MapPost(pattern, (Delegate)((HttpContext context) => AnswerAsync(
                context, type, async () => await answer(context, await ManagementBody.ReadAsync(context.Request, bodyType, context.RequestAborted))))),
            summary,
            pattern.Contains("{view}", StringComparison.Ordinal) ? "view" : "",
            typeof(TBody),
            typeof(T));

    private static void Describe(RouteHandlerBuilder endpoint, string summary, string parameters, Type? body, Type answer) => endpoint
        .WithTags(ManagementOperation.Tag)
        .WithSummary(summary)
        .AddOpenApiOperationTransformer(new ManagementOperation(parameters, body, answer, Json.Options).TransformAsync);

    private static async Task AnswerAsync<T>(HttpContext context, JsonTypeInfo<T> type, Func<Task<T>> answer)
    {
        context.Response.Headers.CacheControl = "no-store";
        try
        {
            await context.Response.WriteAsJsonAsync(await answer(), type, cancellationToken: context.RequestAborted);
        }
        catch (ManagementRefusedException refused)
        {
            IResult problem = refused is { Member: { } member, StatusCode: StatusCodes.Status400BadRequest }
                ? TypedResults.ValidationProblem(new Dictionary<string, string[]>(StringComparer.Ordinal) { [member] = [refused.Message] }, detail: refused.Message)
                : TypedResults.Problem(refused.Message, statusCode: refused.StatusCode);
            await problem.ExecuteAsync(context);
        }
    }
}
