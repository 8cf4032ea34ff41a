using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Larder.AspNetCore.RequestLog;

/// <summary>
/// Reads <c>Larder:RequestLog</c> by hand, as the cache's options are: a bad value stops the start with its name and its bounds, a misspelt
/// setting is not passed over, and "20ms", "5" (seconds) and "00:00:05" are all durations.
/// </summary>
internal sealed class RequestLogConfiguration(IConfiguration? configuration) : IConfigureOptions<RequestLogOptions>
{
    public const string Section = "Larder:RequestLog";

    public void Configure(RequestLogOptions options)
    {
        foreach (var setting in configuration?.GetSection(Section).GetChildren() ?? [])
        {
            Read(setting, options);
        }
    }

    private static void Read(IConfigurationSection setting, RequestLogOptions options)
    {
        var errors = options.ConfigurationErrors;
        switch (setting.Key.ToUpperInvariant())
        {
            case "ENABLED": options.Enabled = Flag(setting, options.Enabled, errors); break;
            case "MINIMUMLEVEL": options.MinimumLevel = Word(setting, options.MinimumLevel, errors); break;
            case "LEVELS": ReadLevels(setting, options); break;
            case "SUCCESSSAMPLING": options.SuccessSampling = Number(setting, options.SuccessSampling, errors); break;
            case "SLOWREQUEST": options.SlowRequest = Duration(setting, options.SlowRequest, errors); break;
            case "QUEUECAPACITY": options.QueueCapacity = (int)Whole(setting, options.QueueCapacity, int.MaxValue, errors); break;
            case "FLUSHINTERVAL": options.FlushInterval = Duration(setting, options.FlushInterval, errors); break;
            case "MAXVALUELENGTH": options.MaxValueLength = (int)Whole(setting, options.MaxValueLength, int.MaxValue, errors); break;
            case "MAXDETAILLENGTH": options.MaxDetailLength = (int)Whole(setting, options.MaxDetailLength, int.MaxValue, errors); break;
            case "MAXQUERYPARAMETERS": options.MaxQueryParameters = (int)Whole(setting, options.MaxQueryParameters, int.MaxValue, errors); break;
            case "REDACTEDNAMES": options.RedactedNames.UnionWith(List(setting)); break;
            case "REDACTEDPATTERNS": Add(options.RedactedPatterns, setting.GetChildren().Select(child => child.Value ?? "")); break;
            case "TRUSTEDPROXIES": Add(options.TrustedProxies, List(setting)); break;
            case "FORWARDEDHEADER": options.ForwardedHeader = Word(setting, options.ForwardedHeader, errors); break;
            case "SLOWQUERY": options.SlowQuery = Duration(setting, options.SlowQuery, errors); break;
            case "EXPLAINSLOWQUERIES": options.ExplainSlowQueries = Flag(setting, options.ExplainSlowQueries, errors); break;
            case "EXPLAININTERVAL": options.ExplainInterval = Duration(setting, options.ExplainInterval, errors); break;
            case "DESTINATION": options.Destination = Word(setting, options.Destination, errors); break;
            case "FILEPATH": options.FilePath = setting.Value; break;
            case "MAXFILEBYTES": options.MaxFileBytes = Whole(setting, options.MaxFileBytes, long.MaxValue, errors); break;
            case "KEPTFILES": options.KeptFiles = (int)Whole(setting, options.KeptFiles, int.MaxValue, errors); break;
            default:
                errors.Add($"{setting.Path} is not a setting of the request log.");
                break;
        }
    }

    private static void ReadLevels(IConfigurationSection section, RequestLogOptions options)
    {
        foreach (var setting in section.GetChildren())
        {
            // Keys of configuration have no case; names of events are lower case.
            options.Levels[setting.Key.ToLowerInvariant()] = Word(setting, LogLevel.Information, options.ConfigurationErrors);
        }
    }

    /// <summary>One value with commas, or numbered ones.</summary>
    private static IEnumerable<string> List(IConfigurationSection setting) =>
        new[] { setting.Value }.Concat(setting.GetChildren().Select(child => child.Value))
            .SelectMany(text => (text ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));

    private static void Add(IList<string> list, IEnumerable<string> more)
    {
        foreach (var text in more)
        {
            list.Add(text);
        }
    }

    private static bool Flag(IConfigurationSection setting, bool unset, List<string> errors) => setting.Value?.Trim().ToUpperInvariant() switch
    {
        null or "" => unset,
        "TRUE" or "1" => true,
        "FALSE" or "0" => false,
        _ => Bad(setting, "true, false, 1 or 0", unset, errors),
    };

    private static T Word<T>(IConfigurationSection setting, T unset, List<string> errors)
        where T : struct, Enum
    {
        if (string.IsNullOrWhiteSpace(setting.Value))
        {
            return unset;
        }

        return Enum.TryParse<T>(setting.Value.Trim(), ignoreCase: true, out var value) && Enum.IsDefined(value)
            ? value
            : Bad(setting, string.Join(", ", Enum.GetNames<T>()), unset, errors);
    }

    private static double Number(IConfigurationSection setting, double unset, List<string> errors)
    {
        if (string.IsNullOrWhiteSpace(setting.Value))
        {
            return unset;
        }

        return double.TryParse(setting.Value.Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : Bad(setting, "a number", unset, errors);
    }

    private static long Whole(IConfigurationSection setting, long unset, long greatest, List<string> errors)
    {
        if (string.IsNullOrWhiteSpace(setting.Value))
        {
            return unset;
        }

        return long.TryParse(setting.Value.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value <= greatest
            ? value
            : Bad(setting, $"a whole number of at most {greatest}", unset, errors);
    }

    private static TimeSpan Duration(IConfigurationSection setting, TimeSpan unset, List<string> errors)
    {
        var text = setting.Value?.Trim();
        if (string.IsNullOrEmpty(text))
        {
            return unset;
        }

        var isMilliseconds = text.EndsWith("ms", StringComparison.OrdinalIgnoreCase);
        if (double.TryParse(isMilliseconds ? text[..^2] : text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number <= int.MaxValue)
        {
            return isMilliseconds ? TimeSpan.FromMilliseconds(number) : TimeSpan.FromSeconds(number);
        }

        return text.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var span)
            ? span
            : Bad(setting, "seconds, milliseconds such as 20ms, or hh:mm:ss", unset, errors);
    }

    private static T Bad<T>(IConfigurationSection setting, string bounds, T unset, List<string> errors)
    {
        errors.Add($"{setting.Path} is '{setting.Value}': it must be {bounds}.");
        return unset;
    }
}
