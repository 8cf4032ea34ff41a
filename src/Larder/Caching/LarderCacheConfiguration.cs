using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Larder.Caching;

/// <summary>
/// Reads the options from configuration. Not the stock binder: its message for a bad value names no bounds, it takes the duration
/// "300" for 300 days, and it passes over a misspelt setting. What is wrong is kept for the validator, so that all of it shows at once.
/// </summary>
internal sealed class LarderCacheConfiguration(IConfiguration? configuration) : IConfigureOptions<LarderCacheOptions>
{
    internal const string DurationBounds = "a whole number of seconds or hh:mm:ss, more than 0 and at most 365 days (31536000)";
    internal const string JitterBounds = "a fraction between 0 and 0.5";
    internal const string StalenessBounds = "a whole number of seconds or hh:mm:ss, at most 30 days (2592000)";
    internal const string NegativeBounds = "a whole number of seconds or hh:mm:ss, at most 365 days (31536000)";
    internal const string ModeBounds = "serve or observe";
    internal const string RateBounds = "a fraction between 0 and 1";
    internal const string EagerBounds = "a fraction between 0.05 and 0.95";

    public void Configure(LarderCacheOptions options)
    {
        if (configuration is null)
        {
            return;
        }

        var errors = options.ConfigurationErrors;
        options.Enabled = First(["Larder:Enabled", "CACHE_ENABLED"], Flag, errors) ?? options.Enabled;
        options.MonitoringEnabled = First(["Larder:MonitoringEnabled", "CACHE_MONITORING_ENABLED"], Flag, errors) ?? options.MonitoringEnabled;
        options.Mode = First(["Larder:Mode"], Mode, errors) ?? options.Mode;
        options.VerifySampleRate = First(["Larder:VerifySampleRate"], Rate, errors) ?? options.VerifySampleRate;
        options.DefaultDuration = First(["Larder:DefaultDuration", "CACHE_DEFAULT_TTL"], Duration, errors) ?? options.DefaultDuration;
        options.ShortDuration = First(["Larder:ShortDuration", "CACHE_TTL_SHORT"], Duration, errors) ?? options.ShortDuration;
        options.MediumDuration = First(["Larder:MediumDuration", "CACHE_TTL_MEDIUM"], Duration, errors) ?? options.MediumDuration;
        options.LongDuration = First(["Larder:LongDuration", "CACHE_TTL_LONG"], Duration, errors) ?? options.LongDuration;
        options.MemoryLimitBytes = First(["Larder:MemoryLimitBytes"], MemoryLimit, errors) ?? options.MemoryLimitBytes;
        options.MaxConcurrentLoads = First(["Larder:MaxConcurrentLoads"], ConcurrentLoads, errors) ?? options.MaxConcurrentLoads;
        options.MaxQueuedLoads = First(["Larder:MaxQueuedLoads"], QueuedLoads, errors) ?? options.MaxQueuedLoads;
        foreach (var section in configuration.GetSection("Larder:Policies").GetChildren())
        {
            options.Policies[section.Key] = ReadPolicy(section, errors);
        }
    }

    private static CachePolicyOptions ReadPolicy(IConfigurationSection section, List<string> errors)
    {
        var policy = new CachePolicyOptions();
        if (!string.IsNullOrWhiteSpace(section.Value))
        {
            errors.Add($"{section.Path} is '{section.Value}': it must have settings under it, for example {section.Path}:Duration.");
        }

        foreach (var setting in section.GetChildren())
        {
            switch (setting.Key.ToUpperInvariant())
            {
                case "DURATION":
                    policy.Duration = Read(setting.Path, setting.Value, Duration, errors);
                    break;
                case "JITTER":
                    policy.Jitter = Read(setting.Path, setting.Value, Jitter, errors);
                    break;
                case "MAXENTRYBYTES":
                    policy.MaxEntryBytes = Read(setting.Path, setting.Value, EntryLimit, errors);
                    break;
                case "NOSTORE":
                    policy.NoStore = Read(setting.Path, setting.Value, Flag, errors);
                    break;
                case "STALEWHILEREVALIDATE":
                    policy.StaleWhileRevalidate = Read(setting.Path, setting.Value, Staleness, errors);
                    break;
                case "STALEIFERROR":
                    policy.StaleIfError = Read(setting.Path, setting.Value, Staleness, errors);
                    break;
                case "STALEAFTERINVALIDATION":
                    policy.StaleAfterInvalidation = Read(setting.Path, setting.Value, Staleness, errors);
                    break;
                case "EAGERREFRESH":
                    policy.EagerRefresh = Read(setting.Path, setting.Value, Eager, errors);
                    break;
                case "NEGATIVEDURATION":
                    policy.NegativeDuration = Read(setting.Path, setting.Value, Negative, errors);
                    break;
                case "ISSTRICT":
                    policy.IsStrict = Read(setting.Path, setting.Value, Flag, errors);
                    break;
                case "CLIENTMAXAGE":
                    policy.ClientMaxAge = Read(setting.Path, setting.Value, Negative, errors);
                    break;
                case "ISPUBLIC":
                    policy.IsPublic = Read(setting.Path, setting.Value, Flag, errors);
                    break;
                case "HONOURSREQUESTDIRECTIVES":
                    policy.HonoursRequestDirectives = Read(setting.Path, setting.Value, Flag, errors);
                    break;
                case "USESREMOTESTORE":
                    policy.UsesRemoteStore = Read(setting.Path, setting.Value, Flag, errors);
                    break;
                default:
                    errors.Add($"{setting.Path} is not a setting of a policy: there are Duration, Jitter, MaxEntryBytes, NoStore, "
                        + "StaleWhileRevalidate, StaleIfError, StaleAfterInvalidation, EagerRefresh, NegativeDuration, IsStrict, ClientMaxAge, IsPublic, "
                        + "HonoursRequestDirectives and UsesRemoteStore.");
                    break;
            }
        }

        return policy;
    }

    // Every name is read, so that a bad value stops the start even where another name wins.
    private T? First<T>(string[] keys, Parser<T> parser, List<string> errors)
        where T : struct
    {
        T? first = null;
        foreach (var key in keys)
        {
            var value = Read(key, configuration![key], parser, errors);
            first ??= value;
        }

        return first;
    }

    private static T? Read<T>(string key, string? text, Parser<T> parser, List<string> errors)
        where T : struct
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        var value = parser.Parse(text.Trim());
        if (value is null)
        {
            errors.Add($"{key} is '{text}': it must be {parser.Bounds}.");
        }

        return value;
    }

    private sealed record Parser<T>(string Bounds, Func<string, T?> Parse)
        where T : struct;

    private static readonly Parser<bool> Flag = new("true, false, 1 or 0", text => text.ToUpperInvariant() switch
    {
        "TRUE" or "1" => true,
        "FALSE" or "0" => false,
        _ => null,
    });

    private static readonly Parser<CacheMode> Mode = new(ModeBounds, text => text.ToUpperInvariant() switch
    {
        "SERVE" => CacheMode.Serve,
        "OBSERVE" => CacheMode.Observe,
        _ => null,
    });

    private static readonly Parser<double> Rate = Fraction(RateBounds, 0, 1);

    private static readonly Parser<TimeSpan> Duration = Span(DurationBounds, TimeSpan.FromTicks(1), CachePolicy.GreatestDuration);

    private static readonly Parser<TimeSpan> Staleness = Span(StalenessBounds, TimeSpan.Zero, CachePolicy.GreatestStaleness);

    private static readonly Parser<TimeSpan> Negative = Span(NegativeBounds, TimeSpan.Zero, CachePolicy.GreatestDuration);

    private static readonly Parser<double> Jitter = Fraction(JitterBounds, 0, CachePolicy.GreatestJitter);

    private static readonly Parser<double> Eager = Fraction(EagerBounds, CachePolicy.LeastEagerRefresh, CachePolicy.GreatestEagerRefresh);

    private static readonly Parser<long> EntryLimit = Bytes(1, CachePolicy.GreatestMaxEntryBytes);

    private static readonly Parser<long> MemoryLimit =
        Bytes(LarderCacheOptions.LeastMemoryLimitBytes, LarderCacheOptions.GreatestMemoryLimitBytes);

    private static readonly Parser<int> ConcurrentLoads = Count(1, LarderCacheOptions.GreatestLoads);

    private static readonly Parser<int> QueuedLoads = Count(0, LarderCacheOptions.GreatestLoads);

    private static Parser<int> Count(int least, int greatest) => new($"a whole number between {least} and {greatest}", text =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least && value <= greatest ? value : null);

    private static Parser<long> Bytes(long least, long greatest) => new($"a whole number of bytes between {least} and {greatest}", text =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            && value >= least && value <= greatest ? value : null);

    private static Parser<TimeSpan> Span(string bounds, TimeSpan least, TimeSpan greatest) => new(bounds, text =>
    {
        TimeSpan? duration = null;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
        {
            duration = TimeSpan.FromSeconds(Math.Min(seconds, 1L + (long)greatest.TotalSeconds));
        }
        else if (text.Contains(':', StringComparison.Ordinal)
            && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var span))
        {
            duration = span;
        }

        return duration >= least && duration <= greatest ? duration : null;
    });

    private static Parser<double> Fraction(string bounds, double least, double greatest) => new(bounds, text =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            && value >= least && value <= greatest ? value : null);
}
