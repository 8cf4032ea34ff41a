using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Larder.Redis;

/// <summary>Reads the options from configuration; what is wrong is kept for the validator, so that all of it shows at once.</summary>
internal sealed class RedisOptionsConfiguration(IConfiguration? configuration) : IConfigureOptions<RedisOptions>
{
    public void Configure(RedisOptions options)
    {
        if (configuration is null)
        {
            return;
        }

        var errors = options.ConfigurationErrors;
        options.Url = Text("Larder:Redis:Url") ?? Text("REDIS_URL") ?? options.Url;
        options.CertificateAuthorityPath = Text("Larder:Redis:CertificateAuthorityPath") ?? options.CertificateAuthorityPath;
        options.ClientCertificatePath = Text("Larder:Redis:ClientCertificatePath") ?? options.ClientCertificatePath;
        options.TlsHostName = Text("Larder:Redis:TlsHostName") ?? options.TlsHostName;
        options.UseTls = First(["Larder:Redis:UseTls", "REDIS_SSL"], "true, false, 1 or 0", Flag, errors) ?? options.UseTls;
        options.MaxConnections = First(["Larder:Redis:MaxConnections", "REDIS_MAX_CONNECTIONS"], "a whole number", Number, errors) ?? options.MaxConnections;
        options.CommandTimeout = First(["Larder:Redis:CommandTimeout"], "hh:mm:ss.fff", Span, errors) ?? options.CommandTimeout;
        options.ConnectTimeout = First(["Larder:Redis:ConnectTimeout"], "hh:mm:ss.fff", Span, errors) ?? options.ConnectTimeout;
    }

    private string? Text(string key) => configuration![key]?.Trim() is { Length: > 0 } text ? text : null;

    // Every name is read, so that a bad value stops the start even where another name wins.
    private T? First<T>(string[] keys, string form, Func<string, T?> parse, List<string> errors)
        where T : struct
    {
        T? first = null;
        foreach (var key in keys)
        {
            if (Text(key) is { } text)
            {
                var value = parse(text);
                if (value is null)
                {
                    errors.Add($"{key} is '{text}': it must be {form}.");
                }

                first ??= value;
            }
        }

        return first;
    }

    private static bool? Flag(string text) => text.ToUpperInvariant() switch
    {
        "TRUE" or "1" => true,
        "FALSE" or "0" => false,
        _ => null,
    };

    private static int? Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    // A bare number would be days.
    private static TimeSpan? Span(string text) =>
        text.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var span) ? span : null;
}
