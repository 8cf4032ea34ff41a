using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Larder.AspNetCore.Management.Documents;
using Larder.AspNetCore.ResponseCaching;
using Larder.Caching;
using Larder.Explain;
using Larder.Views.Execution;
using Microsoft.Extensions.Options;

namespace Larder.AspNetCore.Management;

/// <summary>Makes documents of what this node holds, and of why a request gets it or not.</summary>
internal sealed class EntryReader(LarderCache cache, CacheExplainer explainer, CachedRequests requests, IServiceProvider services, IOptions<LarderManagementOptions> options)
{
    private const int LongestValue = 64 * 1024;

    public EntryPage List(string? pattern, EntryOrder order, int limit)
    {
        var list = explainer.List(pattern is null ? null : new CachePattern(pattern), order, limit);
        return new(cache.GetStatistics().TotalKeys, list.Matching, list.IsComplete, [.. list.Entries.Select(DocumentOf)]);
    }

    /// <summary>One entry; null: nothing is held under the key.</summary>
    public EntryDetail? Read(string key)
    {
        if (explainer.ExplainEntry(key) is not { } entry)
        {
            return null;
        }

        var isShown = options.Value.ShowValues;
        return new(
            new(key, entry.Policy, entry.IsServed, NameOf(entry.Freshness), Seconds(entry.Age), Seconds(entry.RemainingLife), entry.Bytes, entry.Tags.Count, entry.RecentHits),
            entry.Because,
            entry.ReadAt.ToString(),
            [.. entry.Tags.Select(tag => new TagDocument(tag.Name, tag.IsWrittenSince, tag.Statements))],
            [
                .. entry.Statements.Select(statement => new StatementDocument(
                    statement.Database,
                    statement.Text,
                    statement.Parameters.ToDictionary(value => value.Key, value => isShown ? value.Value?.ToString() : null, StringComparer.Ordinal))),
            ],
            isShown && explainer.TryGetValue(key, out var value) ? TextOf(value) : null);
    }

    public RequestExplanation ExplainKey(string key)
    {
        var entry = Read(key);
        return cache.Engine.Verifier.IsObserving ? new(null, null, entry?.Entry.Policy, key, "bypass", "the cache observes and serves nothing: Larder:Mode", entry)
            : entry is null
            ? new(null, null, null, key, "miss", explainer.WhyAbsent(key), null)
            : new(null, null, entry.Entry.Policy, key, OutcomeOf(entry), entry.Because, entry);
    }

    /// <summary>What an anonymous request for the path would get.</summary>
    public RequestExplanation ExplainPath(string path)
    {
        var request = requests.OfPath(path);
        var route = request.Endpoint.RoutePattern.RawText;
        if (request.HandlerOf(services) is not { } handler)
        {
            return new(path, route, null, null, "uncached", "the endpoint is not cached: it is no view, and nothing says .Cached(\"policy\") of it", null);
        }

        var (key, bypass) = handler.Describe(request.CreateContext(services, CancellationToken.None));
        if (key is null || bypass is not null)
        {
            return new(path, route, handler.PolicyName, key, "bypass", WhyBypassed(bypass, handler.PolicyName), null);
        }

        var explanation = ExplainKey(key) with { Path = path, Route = route, Policy = handler.PolicyName };
        return cache.GetPolicy(handler.PolicyName).IsStrict && cache.Publisher.Node.IsLagging(cache.Time.GetTimestamp())
            ? explanation with { Outcome = "bypass", Because = "its policy is strict, and this node may be further behind the invalidation log than its bound allows" }
            : explanation;
    }

    private static string WhyBypassed(string? bypass, string policy) => bypass switch
    {
        "no-store" => $"the policy '{policy}', or that of one of its sections, stores nothing",
        "bad-parameters" => "its parameters are wrong: it is answered with 400",
        null => "its key cannot be told from an anonymous request",
        _ => bypass,
    };

    private static string OutcomeOf(EntryDetail entry) => entry.Entry.IsServed ? "hit" : entry.Entry.RemainingSeconds <= 0 ? "expired" : "invalidated";

    private static EntryDocument DocumentOf(EntrySummary entry) => new(
        entry.Key, entry.Policy, entry.IsServed, NameOf(entry.Freshness), Seconds(entry.Age), Seconds(entry.RemainingLife), entry.Bytes, entry.TagCount, entry.RecentHits);

    private static string NameOf(Freshness.FreshnessKind freshness) => JsonNamingPolicy.SnakeCaseLower.ConvertName(freshness.ToString());

    private static double Seconds(TimeSpan time) => Math.Round(time.TotalSeconds, 3);

    private static string? TextOf(object? value)
    {
        var text = value switch
        {
            CachedResponse response => TextOf(response.Body.Span),
            SectionFragment fragment => TextOf(fragment.Json.Span),
            byte[] bytes => TextOf(bytes),
            _ => value?.ToString(),
        };
        return text?.Length > LongestValue ? text[..LongestValue] : text;
    }

    private static string TextOf(ReadOnlySpan<byte> bytes) => Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : $"{bytes.Length} bytes that are no text";
}
