using Larder.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace Larder.AspNetCore.Monitoring;

/// <summary>What a monitoring request asks for.</summary>
internal sealed record MonitoringQuery(MetricWindow Window, SeriesKind Kind, string? Endpoint)
{
    /// <summary>The names of the windows, as they are asked for and written.</summary>
    public static IReadOnlyDictionary<string, MetricWindow> Windows { get; } = new Dictionary<string, MetricWindow>(StringComparer.Ordinal)
    {
        ["1m"] = MetricWindow.Minute,
        ["5m"] = MetricWindow.FiveMinutes,
        ["1h"] = MetricWindow.Hour,
        ["all"] = MetricWindow.SinceReset,
    };

    public static IReadOnlyDictionary<string, SeriesKind> Kinds { get; } = new Dictionary<string, SeriesKind>(StringComparer.Ordinal)
    {
        ["route"] = SeriesKind.Route,
        ["view"] = SeriesKind.View,
        ["section"] = SeriesKind.Section,
    };

    public string WindowName => Windows.First(pair => pair.Value == Window).Key;

    public string KindName => Kinds.First(pair => pair.Value == Kind).Key;

    /// <summary>Reads the parameters; null: <paramref name="errors"/> says what is wrong with them.</summary>
    public static MonitoringQuery? Parse(IQueryCollection query, MetricWindow defaultWindow, out Dictionary<string, string[]> errors)
    {
        errors = new(StringComparer.Ordinal);
        var window = OneOf(query, "window", Windows, defaultWindow, errors);
        var kind = OneOf(query, "kind", Kinds, SeriesKind.Route, errors);
        string? endpoint = query["endpoint"];
        if (endpoint?.Length > MetricStore.LongestName)
        {
            errors["endpoint"] = [$"has at most {MetricStore.LongestName} characters."];
        }

        return errors.Count == 0 ? new(window, kind, string.IsNullOrEmpty(endpoint) ? null : endpoint) : null;
    }

    /// <summary>Whether a series is asked for: by its name, or by its route template without the method.</summary>
    public bool Asks(string name) =>
        Endpoint is null || name == Endpoint || (Kind == SeriesKind.Route && name.AsSpan(name.IndexOf(' ') + 1).SequenceEqual(Endpoint));

    private static T OneOf<T>(IQueryCollection query, string name, IReadOnlyDictionary<string, T> words, T missing, Dictionary<string, string[]> errors)
    {
        string? word = query[name];
        if (string.IsNullOrEmpty(word))
        {
            return missing;
        }

        if (words.TryGetValue(word, out var value))
        {
            return value;
        }

        errors[name] = [$"must be one of {string.Join(", ", words.Keys)}."];
        return missing;
    }
}
