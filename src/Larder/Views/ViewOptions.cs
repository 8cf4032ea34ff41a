using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace Larder.Views;

/// <summary>What all views of an application share.</summary>
public sealed partial class ViewOptions
{
    /// <summary>How long the source of a section may take when the section sets no limit. Default 5 s; 1 ms to 10 min.</summary>
    public TimeSpan SectionTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The application's name in cache keys, <c>bff:{app}:…</c>. Default "app"; letters, digits, hyphen and underscore.</summary>
    public string Application { get; set; } = "app";

    /// <summary>How sections are written as JSON. Default: snake_case, nulls written, times in UTC with Z.</summary>
    public JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DictionaryKeyPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.Strict,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new UtcTimeConverter() },
    };

    /// <summary>What is wrong; null when all is well.</summary>
    internal string? Problem() => this switch
    {
        _ when SectionTimeout < TimeSpan.FromMilliseconds(1) || SectionTimeout > TimeSpan.FromMinutes(10) => "SectionTimeout is from 1 ms to 10 min.",
        _ when !ApplicationName().IsMatch(Application) => "Application is made of letters, digits, hyphen and underscore.",
        _ => null,
    };

    [GeneratedRegex("^[A-Za-z0-9_-]{1,50}$")]
    private static partial Regex ApplicationName();
}
