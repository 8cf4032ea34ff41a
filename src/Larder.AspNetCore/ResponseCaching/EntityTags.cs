using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.Extensions.Primitives;

namespace Larder.AspNetCore.ResponseCaching;

/// <summary>Validators (RFC 9110, 8.8.3) and the condition If-None-Match (13.1.2).</summary>
internal static class EntityTags
{
    // 96 bits of SHA-256: no two bodies of one URL meet by chance.
    private const int TagBytes = 12;

    /// <summary>A weak validator of the content.</summary>
    public static string Of(ReadOnlySpan<byte> content)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(content, digest);
        return $"W/\"{Base64Url.EncodeToString(digest[..TagBytes])}\"";
    }

    /// <summary>The validator as a weak one; null: it is none.</summary>
    public static string? Weak(string? tag)
    {
        var opaque = OpaqueOf(tag);
        return opaque.Length >= 2 && opaque[0] == '"' && opaque[1..].IndexOf('"') == opaque.Length - 2 ? $"W/{opaque}" : null;
    }

    /// <summary>Whether the condition names the validator: a list, compared weakly, or <c>*</c>. What is malformed names nothing from there on.</summary>
    public static bool Match(StringValues condition, string tag)
    {
        var wanted = OpaqueOf(tag);
        for (var i = 0; i < condition.Count; i++)
        {
            if (Matches(condition[i], wanted))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Matches(ReadOnlySpan<char> list, ReadOnlySpan<char> wanted)
    {
        if (list.Trim() is "*")
        {
            return true;
        }

        while (true)
        {
            list = list.TrimStart(" \t,");
            var opaque = OpaqueOf(list);
            if (opaque.IsEmpty || opaque[0] != '"' || opaque[1..].IndexOf('"') is var end && end < 0)
            {
                return false;
            }

            if (opaque[..(end + 2)].SequenceEqual(wanted))
            {
                return true;
            }

            list = opaque[(end + 2)..];
        }
    }

    private static ReadOnlySpan<char> OpaqueOf(ReadOnlySpan<char> tag) => tag.StartsWith("W/", StringComparison.Ordinal) ? tag[2..] : tag;
}
