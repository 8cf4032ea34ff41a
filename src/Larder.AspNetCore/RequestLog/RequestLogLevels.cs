using Microsoft.Extensions.Logging;

namespace Larder.AspNetCore.RequestLog;

/// <summary>The name and the level of each event, and whether it is written.</summary>
internal sealed class RequestLogLevels
{
    private static readonly (string Name, LogLevel Level)[] Defaults =
    [
        ("bff_request_success", LogLevel.Information),
        ("bff_request_client_error", LogLevel.Warning),
        ("bff_request_server_error", LogLevel.Error),
        ("bff_cache_hit", LogLevel.Debug),
        ("bff_cache_miss", LogLevel.Debug),
        ("bff_cache_invalidated", LogLevel.Information),
        ("bff_aggregation_complete", LogLevel.Information),
        ("bff_slow_query", LogLevel.Warning),
        ("bff_error", LogLevel.Error),
        ("bff_log_dropped", LogLevel.Warning),
    ];

    private readonly LogLevel[] _levels;
    private readonly bool[] _isOn;

    public RequestLogLevels(RequestLogOptions options)
    {
        _levels = [.. Defaults.Select(entry => options.Levels.TryGetValue(entry.Name, out var level) ? level : entry.Level)];
        _isOn = [.. _levels.Select(level => options.Enabled && level != LogLevel.None && level >= options.MinimumLevel)];
    }

    /// <summary>The names of all events.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Defaults.Select(entry => entry.Name)];

    public static string NameOf(RequestLogEvent what) => Defaults[(int)what].Name;

    public static bool TryFind(string? name, out RequestLogEvent what)
    {
        var index = Array.FindIndex(Defaults, entry => entry.Name == name);
        what = (RequestLogEvent)index;
        return index >= 0;
    }

    public bool IsOn(RequestLogEvent what) => _isOn[(int)what];

    public LogLevel Of(RequestLogEvent what) => _levels[(int)what];
}
