using System.Text;
using Microsoft.Extensions.Primitives;

namespace Larder.AspNetCore.ResponseCaching;

/// <summary>The header Cache-Status (RFC 9211): what the cache did with the request, and why.</summary>
internal static class CacheStatus
{
    public const string HeaderName = "Cache-Status";
    private const int LongestDetail = 200;

    public static StringValues Bypass(string detail) => new($"Larder; fwd=bypass; detail={Text(detail)}");

    public static StringValues Method { get; } = new("Larder; fwd=method");

    public static StringValues Request { get; } = new("Larder; fwd=request");

    /// <summary>An old response, because making a new one failed.</summary>
    public static StringValues StaleIfError { get; } = new("Larder; fwd=stale; detail=stale-if-error");

    /// <summary>A load was begun or joined.</summary>
    /// <param name="wasStale">Whether something was stored that could not be used.</param>
    /// <param name="isCollapsed">Whether another request had begun the load.</param>
    /// <param name="isStored">Whether the response is stored now.</param>
    /// <param name="detail">Why it is not; null: nothing is to be said.</param>
    public static StringValues Forwarded(bool wasStale, bool isCollapsed, bool isStored, string? detail) => (wasStale, isCollapsed, isStored, detail) switch
    {
        (false, false, true, _) => "Larder; fwd=miss; stored",
        (true, false, true, _) => "Larder; fwd=stale; stored",
        (false, true, true, _) => "Larder; fwd=miss; collapsed; stored",
        (true, true, true, _) => "Larder; fwd=stale; collapsed; stored",
        _ => $"Larder; fwd={(wasStale ? "stale" : "miss")}{(isCollapsed ? "; collapsed" : "")}{(detail is null ? "" : $"; detail={Text(detail)}")}",
    };

    /// <summary>A token where it is one, else a string (RFC 8941, 3.3.3), in which nothing but printable ASCII stands, so that no text ends the header.</summary>
    private static string Text(string detail)
    {
        if (detail.Length > 0 && char.IsAsciiLetter(detail[0]) && detail.All(character => char.IsAsciiLetterOrDigit(character) || character == '-'))
        {
            return detail;
        }

        var text = new StringBuilder("\"");
        foreach (var character in detail.AsSpan(0, Math.Min(detail.Length, LongestDetail)))
        {
            _ = character switch
            {
                '"' or '\\' => text.Append('\\').Append(character),
                < ' ' or > '~' => text.Append('?'),
                _ => text.Append(character),
            };
        }

        return text.Append('"').ToString();
    }
}
