using System.Security.Cryptography;
using Larder.Redis.Resp;
using Microsoft.Extensions.Options;

namespace Larder.Redis;

/// <summary>Checks every bound and reports all that is wrong at once, each with its name and what it may be. Passwords are never in a message.</summary>
internal sealed class RedisOptionsValidator : IValidateOptions<RedisOptions>
{
    public ValidateOptionsResult Validate(string? name, RedisOptions options)
    {
        List<string> errors = [.. options.ConfigurationErrors];
        if (options.MaxConnections is < RedisOptions.LeastConnections or > RedisOptions.GreatestConnections)
        {
            errors.Add($"Larder:Redis:MaxConnections (REDIS_MAX_CONNECTIONS) is {options.MaxConnections}: it must be a whole number between {RedisOptions.LeastConnections} and {RedisOptions.GreatestConnections}.");
        }

        CheckSpan("Larder:Redis:CommandTimeout", options.CommandTimeout, RedisOptions.GreatestCommandTimeout, errors);
        CheckSpan("Larder:Redis:ConnectTimeout", options.ConnectTimeout, RedisOptions.GreatestConnectTimeout, errors);
        try
        {
            _ = RedisUrl.ToSettings(options);
        }
        catch (Exception exception) when (exception is FormatException or IOException or UnauthorizedAccessException or CryptographicException)
        {
            errors.Add(exception.Message);
        }

        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private static void CheckSpan(string key, TimeSpan value, TimeSpan greatest, List<string> errors)
    {
        if (value < TimeSpan.FromMilliseconds(1) || value > greatest)
        {
            errors.Add($"{key} is {value}: it must be at least 1 ms and at most {greatest}.");
        }
    }
}
