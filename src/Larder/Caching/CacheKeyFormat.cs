using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Larder.Caching;

/// <summary>
/// Canonical keys, <c>bff:{app}:{endpoint}:{param1}:{param2}</c>. Within a part <c>%</c>, <c>:</c> and <c>*</c> are escaped as
/// %25, %3A and %2A and null is <c>%-</c>, so that different parameter lists never give equal keys.
/// </summary>
public static class CacheKeyFormat
{
    /// <summary>The greatest length of a key, in characters.</summary>
    public const int MaxLength = 1024;

    /// <summary>
    /// Builds a key. The parameters of a key that would be longer than <see cref="MaxLength"/> are replaced by <c>%#</c> and the
    /// SHA-256 of the whole key.
    /// </summary>
    /// <param name="app">The application, for example "salesperson".</param>
    /// <param name="endpoint">The endpoint or view, for example "dashboard".</param>
    /// <param name="parameters">The parameters in an order fixed by the caller; null differs from empty.</param>
    /// <returns>The key.</returns>
    /// <exception cref="ArgumentException">An application or endpoint is empty or longer than 100 characters.</exception>
    public static string Build(string app, string endpoint, params ReadOnlySpan<string?> parameters)
    {
        Require(app, nameof(app));
        Require(endpoint, nameof(endpoint));
        var key = new StringBuilder("bff:", 128);
        Append(key, app);
        Append(key.Append(':'), endpoint);
        var head = key.Length;
        foreach (var parameter in parameters)
        {
            Append(key.Append(':'), parameter);
        }

        if (key.Length <= MaxLength)
        {
            return key.ToString();
        }

        // Over the UTF-16 units: UTF-8 would fold different lone surrogates into one replacement character.
        var hash = SHA256.HashData(MemoryMarshal.AsBytes(key.ToString().AsSpan()));
        key.Length = head;
        return key.Append(":%#").Append(Convert.ToHexStringLower(hash)).ToString();
    }

    /// <exception cref="ArgumentException">The key is empty or too long.</exception>
    internal static void RequireKey(string key)
    {
        // In one comparison; formatting a message here would keep this from being inlined.
        if (key is null || (uint)(key.Length - 1) >= MaxLength)
        {
            RefuseKey(key);
        }
    }

    private static void RefuseKey(string? key)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        throw new ArgumentException(
            $"A key has at most {MaxLength} characters; this one has {key.Length} and begins '{key[..40]}'.", nameof(key));
    }

    private static void Require(string part, string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(part, name);
        if (part.Length > 100)
        {
            throw new ArgumentException("An application or endpoint has at most 100 characters.", name);
        }
    }

    private static void Append(StringBuilder key, string? part)
    {
        if (part is null)
        {
            key.Append("%-");
            return;
        }

        if (part.AsSpan().IndexOfAny('%', ':', '*') < 0)
        {
            key.Append(part);
            return;
        }

        foreach (var character in part)
        {
            _ = character switch
            {
                '%' => key.Append("%25"),
                ':' => key.Append("%3A"),
                '*' => key.Append("%2A"),
                _ => key.Append(character),
            };
        }
    }
}
