using Microsoft.Extensions.Options;

namespace Larder.Caching;

/// <summary>Checks every bound and reports all that is wrong at once, each with its name and what it may be.</summary>
internal sealed class LarderCacheOptionsValidator : IValidateOptions<LarderCacheOptions>
{
    public ValidateOptionsResult Validate(string? name, LarderCacheOptions options)
    {
        List<string> errors = [.. options.ConfigurationErrors];
        CheckDuration("Larder:DefaultDuration (CACHE_DEFAULT_TTL)", options.DefaultDuration, errors);
        CheckDuration("Larder:ShortDuration (CACHE_TTL_SHORT)", options.ShortDuration, errors);
        CheckDuration("Larder:MediumDuration (CACHE_TTL_MEDIUM)", options.MediumDuration, errors);
        CheckDuration("Larder:LongDuration (CACHE_TTL_LONG)", options.LongDuration, errors);
        CheckBytes(
            "Larder:MemoryLimitBytes",
            options.MemoryLimitBytes,
            LarderCacheOptions.LeastMemoryLimitBytes,
            LarderCacheOptions.GreatestMemoryLimitBytes,
            errors);
        CheckCount("Larder:MaxConcurrentLoads", options.MaxConcurrentLoads, 1, errors);
        CheckCount("Larder:MaxQueuedLoads", options.MaxQueuedLoads, 0, errors);
        if (!Enum.IsDefined(options.Mode))
        {
            errors.Add($"Larder:Mode is {options.Mode}: it must be {LarderCacheConfiguration.ModeBounds}.");
        }

        if (!(options.VerifySampleRate >= 0 && options.VerifySampleRate <= 1))
        {
            errors.Add($"Larder:VerifySampleRate is {options.VerifySampleRate}: it must be {LarderCacheConfiguration.RateBounds}.");
        }

        foreach (var (policyName, changes) in options.Policies)
        {
            CheckPolicy(policyName, changes, options, errors);
        }

        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private static void CheckPolicy(string name, CachePolicyOptions changes, LarderCacheOptions options, List<string> errors)
    {
        var path = $"Larder:Policies:{name}";
        var added = options.AddedPolicies.GetValueOrDefault(name);
        if (added is null && !CachePolicies.BuiltInNames.Contains(name))
        {
            var known = string.Join(", ", CachePolicies.BuiltInNames.Concat(options.AddedPolicies.Keys).Order(StringComparer.Ordinal));
            errors.Add($"{path} names no policy: there are {known}.");
            return;
        }

        if (changes.Duration is { } duration)
        {
            CheckDuration($"{path}:Duration", duration, errors);
        }

        if (changes.Jitter is { } jitter && !(jitter >= 0 && jitter <= CachePolicy.GreatestJitter))
        {
            errors.Add($"{path}:Jitter is {jitter}: it must be {LarderCacheConfiguration.JitterBounds}.");
        }

        CheckStaleness($"{path}:StaleWhileRevalidate", changes.StaleWhileRevalidate, errors);
        CheckStaleness($"{path}:StaleIfError", changes.StaleIfError, errors);
        CheckStaleness($"{path}:StaleAfterInvalidation", changes.StaleAfterInvalidation, errors);
        if (changes.EagerRefresh is { } part && !(part >= CachePolicy.LeastEagerRefresh && part <= CachePolicy.GreatestEagerRefresh))
        {
            errors.Add($"{path}:EagerRefresh is {part}: it must be {LarderCacheConfiguration.EagerBounds}.");
        }

        if (changes.NegativeDuration is { } negative && (negative < TimeSpan.Zero || negative > CachePolicy.GreatestDuration))
        {
            errors.Add($"{path}:NegativeDuration is {negative}: it must be {LarderCacheConfiguration.NegativeBounds}.");
        }

        if (changes.ClientMaxAge is { } age && (age < TimeSpan.Zero || age > CachePolicy.GreatestDuration))
        {
            errors.Add($"{path}:ClientMaxAge is {age}: it must be {LarderCacheConfiguration.NegativeBounds}.");
        }

        if (changes.MaxEntryBytes is { } bytes)
        {
            CheckBytes($"{path}:MaxEntryBytes", bytes, 1, CachePolicy.GreatestMaxEntryBytes, errors);
        }

        var isCart = string.Equals(name, CachePolicies.Cart, StringComparison.OrdinalIgnoreCase);
        if (isCart && changes.NoStore == false)
        {
            errors.Add($"{path}:NoStore is false: it must be true, because a cart is never stored.");
        }
        else if (changes.Duration is not null && (changes.NoStore ?? (isCart || added is { NoStore: true })))
        {
            errors.Add($"{path}:Duration has no effect, because the policy stores nothing (NoStore is true): remove one of the two.");
        }
    }

    private static void CheckDuration(string key, TimeSpan value, List<string> errors)
    {
        if (value <= TimeSpan.Zero || value > CachePolicy.GreatestDuration)
        {
            errors.Add($"{key} is {value}: it must be {LarderCacheConfiguration.DurationBounds}.");
        }
    }

    private static void CheckStaleness(string key, TimeSpan? value, List<string> errors)
    {
        if (value is { } bound && (bound < TimeSpan.Zero || bound > CachePolicy.GreatestStaleness))
        {
            errors.Add($"{key} is {bound}: it must be {LarderCacheConfiguration.StalenessBounds}.");
        }
    }

    private static void CheckCount(string key, int value, int least, List<string> errors)
    {
        if (value < least || value > LarderCacheOptions.GreatestLoads)
        {
            errors.Add($"{key} is {value}: it must be a whole number between {least} and {LarderCacheOptions.GreatestLoads}.");
        }
    }

    private static void CheckBytes(string key, long value, long least, long greatest, List<string> errors)
    {
        if (value < least || value > greatest)
        {
            errors.Add($"{key} is {value}: it must be a whole number of bytes between {least} and {greatest}.");
        }
    }
}
