using System.Buffers;
using System.Security.Cryptography;
using Microsoft.Extensions.Primitives;

namespace Larder.AspNetCore.RequestLog;

/// <summary>The ID of a request: the caller's, where it is one that can be written anywhere, else a new one.</summary>
internal static class RequestId
{
    public const string Header = "X-Request-ID";
    public const int MaxLength = 128;

    private const string Digits = "0123456789abcdefghjkmnpqrstvwxyz";
    private const int PrefixDigits = 12;
    private const int CounterDigits = 10;

    private static readonly SearchValues<char> Allowed = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:/+=");

    // 60 random bits tell this process from all others, the counter its requests from each other.
    private static readonly string Prefix = RandomNumberGenerator.GetString(Digits, PrefixDigits);
    private static long _last;

    public static string Of(StringValues given) =>
        given.Count == 1 && given[0] is { Length: > 0 and <= MaxLength } text && !text.AsSpan().ContainsAnyExcept(Allowed) ? text : New();

    public static string New() => string.Create(PrefixDigits + 1 + CounterDigits, Interlocked.Increment(ref _last), static (text, number) =>
    {
        Prefix.CopyTo(text);
        text[PrefixDigits] = '-';
        for (var i = text.Length - 1; i > PrefixDigits; i--)
        {
            text[i] = Digits[(int)(number & 31)];
            number >>= 5;
        }
    });
}
