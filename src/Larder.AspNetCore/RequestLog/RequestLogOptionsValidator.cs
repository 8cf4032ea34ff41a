using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Larder.AspNetCore.RequestLog;

/// <summary>Checks every bound and reports all that is wrong at once, each with its name and what it may be.</summary>
internal sealed class RequestLogOptionsValidator : IValidateOptions<RequestLogOptions>
{
    public const string Prefix = "Larder:RequestLog:";

    public ValidateOptionsResult Validate(string? name, RequestLogOptions options)
    {
        List<string> errors = [.. options.ConfigurationErrors];
        CheckBounds(options, errors);
        foreach (var (what, level) in options.Levels)
        {
            if (!RequestLogLevels.TryFind(what, out _))
            {
                errors.Add($"{Prefix}Levels:{what} is no event: there are {string.Join(", ", RequestLogLevels.Names)}.");
            }
            else if (!Enum.IsDefined(level))
            {
                errors.Add($"{Prefix}Levels:{what} is {level}: it must be a log level.");
            }
        }

        foreach (var proxy in options.TrustedProxies.Where(proxy => !ClientAddress.TryParseNetwork(proxy, out _)))
        {
            errors.Add($"{Prefix}TrustedProxies has '{proxy}': it must be an address or a network such as 10.0.0.0/8.");
        }

        foreach (var word in options.RedactedNames.Where(word => !word.Any(char.IsAsciiLetterOrDigit)))
        {
            errors.Add($"{Prefix}RedactedNames has '{word}': a name has at least one letter or digit.");
        }

        foreach (var pattern in options.RedactedPatterns)
        {
            CheckPattern(pattern, errors);
        }

        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private static void CheckBounds(RequestLogOptions options, List<string> errors)
    {
        Check(nameof(options.MinimumLevel), options.MinimumLevel, Enum.IsDefined(options.MinimumLevel), "a log level", errors);
        Check(nameof(options.SuccessSampling), options.SuccessSampling, options.SuccessSampling is >= 0 and <= 1, "from 0 to 1", errors);
        Check(nameof(options.SlowRequest), options.SlowRequest, IsWithin(options.SlowRequest, RequestLogOptions.GreatestSlowQuery), "from 0 to 1 hour", errors);
        Check(nameof(options.QueueCapacity), options.QueueCapacity,
            options.QueueCapacity is >= RequestLogOptions.LeastQueueCapacity and <= RequestLogOptions.GreatestQueueCapacity, "from 16 to 1048576", errors);
        Check(nameof(options.FlushInterval), options.FlushInterval, IsWithin(options.FlushInterval, RequestLogOptions.GreatestFlushInterval), "from 0 to 10 seconds", errors);
        Check(nameof(options.MaxValueLength), options.MaxValueLength, IsLength(options.MaxValueLength), "from 16 to 65536", errors);
        Check(nameof(options.MaxDetailLength), options.MaxDetailLength, IsLength(options.MaxDetailLength), "from 16 to 65536", errors);
        Check(nameof(options.MaxQueryParameters), options.MaxQueryParameters, options.MaxQueryParameters is >= 0 and <= 1024, "from 0 to 1024", errors);
        Check(nameof(options.ForwardedHeader), options.ForwardedHeader, Enum.IsDefined(options.ForwardedHeader), "XForwardedFor or Forwarded", errors);
        Check(nameof(options.SlowQuery), options.SlowQuery, IsWithin(options.SlowQuery, RequestLogOptions.GreatestSlowQuery), "from 0 to 1 hour", errors);
        Check(nameof(options.ExplainInterval), options.ExplainInterval, IsWithin(options.ExplainInterval, RequestLogOptions.GreatestExplainInterval), "from 0 to 1 day", errors);
        Check(nameof(options.Destination), options.Destination, Enum.IsDefined(options.Destination), "StandardOutput, File or Logger", errors);
        Check(nameof(options.FilePath), options.FilePath, options.Destination != RequestLogDestination.File || !string.IsNullOrWhiteSpace(options.FilePath),
            "a path, because the destination is File", errors);
        Check(nameof(options.MaxFileBytes), options.MaxFileBytes, options.MaxFileBytes >= RequestLogOptions.LeastFileBytes, "at least 65536", errors);
        Check(nameof(options.KeptFiles), options.KeptFiles, options.KeptFiles is >= 1 and <= RequestLogOptions.GreatestKeptFiles, "from 1 to 100", errors);
    }

    private static void CheckPattern(string pattern, List<string> errors)
    {
        try
        {
            _ = new Regex(pattern, RegexOptions.NonBacktracking);
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            errors.Add($"{Prefix}RedactedPatterns has '{pattern}', which cannot be matched in linear time or at all: {exception.Message}");
        }
    }

    private static bool IsWithin(TimeSpan value, TimeSpan greatest) => value >= TimeSpan.Zero && value <= greatest;

    private static bool IsLength(int value) => value is >= RequestLogOptions.LeastLength and <= RequestLogOptions.GreatestLength;

    private static void Check<T>(string setting, T value, bool isGood, string bounds, List<string> errors)
    {
        if (!isGood)
        {
            errors.Add($"{Prefix}{setting} is {value}: it must be {bounds}.");
        }
    }
}
