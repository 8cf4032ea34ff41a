using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Larder.Redis.Log;

/// <summary>Reads the options from configuration; what is wrong is kept for the validator, so that all of it shows at once.</summary>
internal sealed class RedisLogOptionsConfiguration(IConfiguration? configuration) : IConfigureOptions<RedisLogOptions>
{
    public void Configure(RedisLogOptions options)
    {
        options.KeyPrefix = Text("Larder:Redis:KeyPrefix") ?? options.KeyPrefix;
        if (Text("Larder:Redis:StalenessBound") is { } bound)
        {
            // A bare number would be days.
            if (bound.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParse(bound, CultureInfo.InvariantCulture, out var span))
            {
                options.StalenessBound = span;
            }
            else
            {
                options.ConfigurationErrors.Add($"Larder:Redis:StalenessBound is '{bound}': it must be hh:mm:ss.fff.");
            }
        }

        if (Text("Larder:Redis:LogCapacity") is { } capacity)
        {
            if (int.TryParse(capacity, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                options.LogCapacity = number;
            }
            else
            {
                options.ConfigurationErrors.Add($"Larder:Redis:LogCapacity is '{capacity}': it must be a whole number.");
            }
        }
    }

    private string? Text(string key) => configuration?[key]?.Trim() is { Length: > 0 } text ? text : null;
}
