using Microsoft.Extensions.Options;

namespace Larder.Redis.Log;

/// <summary>Checks every bound and reports all that is wrong at once.</summary>
internal sealed class RedisLogOptionsValidator : IValidateOptions<RedisLogOptions>
{
    public ValidateOptionsResult Validate(string? name, RedisLogOptions options)
    {
        List<string> errors = [.. options.ConfigurationErrors];
        if (options.KeyPrefix.Length is < 1 or > RedisLogOptions.GreatestPrefix || !options.KeyPrefix.All(IsOfAPrefix))
        {
            errors.Add($"Larder:Redis:KeyPrefix is '{options.KeyPrefix}': it must be 1 to {RedisLogOptions.GreatestPrefix} letters, digits, '-', '_', '.' or ':'.");
        }

        if (options.StalenessBound < RedisLogOptions.LeastBound || options.StalenessBound > RedisLogOptions.GreatestBound)
        {
            errors.Add($"Larder:Redis:StalenessBound is {options.StalenessBound}: it must be between {RedisLogOptions.LeastBound} and {RedisLogOptions.GreatestBound}.");
        }

        if (options.LogCapacity is < RedisLogOptions.LeastCapacity or > RedisLogOptions.GreatestCapacity)
        {
            errors.Add($"Larder:Redis:LogCapacity is {options.LogCapacity}: it must be between {RedisLogOptions.LeastCapacity} and {RedisLogOptions.GreatestCapacity}.");
        }

        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private static bool IsOfAPrefix(char character) => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.' or ':';
}
