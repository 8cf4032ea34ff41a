using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Larder.AspNetCore.RequestLog;

/// <summary>Which values of a request are never shown: by the name of their parameter, and by what they look like.</summary>
internal sealed class RequestLogRedaction(RequestLogOptions options)
{
    public const string Mark = "[redacted]";

    private const int MaxNameLength = 256;

    private readonly ImmutableArray<string> _names = [.. options.RedactedNames.Select(name => Normalized(name)).Distinct(StringComparer.Ordinal)];
    private readonly ImmutableArray<Regex> _patterns = [.. options.RedactedPatterns.Select(pattern => new Regex(pattern, RegexOptions.NonBacktracking))];

    /// <summary>The value, or the mark in its place.</summary>
    public ReadOnlySpan<char> Value(ReadOnlySpan<char> name, ReadOnlySpan<char> value) => IsSecretName(name) || IsSecret(value) ? Mark : value;

    /// <summary>The name of a parameter, or the mark: a value may stand where a name should.</summary>
    public ReadOnlySpan<char> Name(ReadOnlySpan<char> name) => IsSecret(name) ? Mark : name;

    /// <summary>The path with its secret segments marked.</summary>
    public string Path(string path)
    {
        if (_patterns.IsEmpty && !path.AsSpan().ContainsAny('@', '.') && !path.Contains('=', StringComparison.Ordinal))
        {
            return path;
        }

        var segments = path.Split('/');
        var isChanged = false;
        for (var i = 0; i < segments.Length; i++)
        {
            if (IsSecret(segments[i]))
            {
                segments[i] = Mark;
                isChanged = true;
            }
        }

        return isChanged ? string.Join('/', segments) : path;
    }

    private bool IsSecretName(ReadOnlySpan<char> name)
    {
        // A name longer than any real one is secret rather than searched.
        if (name.Length > MaxNameLength)
        {
            return true;
        }

        Span<char> buffer = stackalloc char[MaxNameLength];
        var normalized = buffer[..Normalize(name, buffer)];
        foreach (var secret in _names)
        {
            if (normalized.IndexOf(secret) >= 0)
            {
                return true;
            }
        }

        return false;
    }

    private bool IsSecret(ReadOnlySpan<char> value)
    {
        if (IsMailAddress(value) || IsCredential(value) || NamesASecret(value))
        {
            return true;
        }

        foreach (var pattern in _patterns)
        {
            if (pattern.IsMatch(value))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Something before an @, and a dot in what follows it.</summary>
    private static bool IsMailAddress(ReadOnlySpan<char> value)
    {
        var at = value.LastIndexOf('@');
        return at > 0 && value[at..].IndexOf('.') > 1;
    }

    /// <summary>A JSON web token has three parts, of which the first begins with <c>{"</c> in base 64; the schemes are those of RFC 7617 and 6750.</summary>
    private static bool IsCredential(ReadOnlySpan<char> value)
    {
        var token = value.IndexOf("eyJ");
        return (token >= 0 && value[token..].Count('.') >= 2)
            || value.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)
            || value.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Whether it has a secret parameter of its own, as <c>https://host/?token=…</c>.</summary>
    private bool NamesASecret(ReadOnlySpan<char> value)
    {
        for (var equals = value.IndexOf('='); equals >= 0;)
        {
            var name = value[..equals];
            var start = name.LastIndexOfAny('&', '?', ';');
            if (IsSecretName(name[(start + 1)..]))
            {
                return true;
            }

            var next = value[(equals + 1)..].IndexOf('=');
            equals = next < 0 ? -1 : equals + 1 + next;
        }

        return false;
    }

    private static string Normalized(string name)
    {
        var buffer = new char[name.Length];
        return new string(buffer, 0, Normalize(name, buffer));
    }

    private static int Normalize(ReadOnlySpan<char> name, Span<char> buffer)
    {
        var length = 0;
        foreach (var character in name)
        {
            if (char.IsAsciiLetterOrDigit(character))
            {
                buffer[length++] = char.ToLowerInvariant(character);
            }
        }

        return length;
    }
}
