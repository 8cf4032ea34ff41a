using System.Buffers;
using System.Text;

namespace Larder.AspNetCore.RequestLog;

/// <summary>
/// Bounds text that comes from outside and takes control characters and broken UTF-16 out of it. JSON encodes them harmlessly; this is for
/// whoever decodes a line and shows it on a terminal.
/// </summary>
internal static class RequestLogText
{
    private static readonly SearchValues<char> Suspicious = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Concat(Enumerable.Range(0x7F, 0x21)).Concat(Enumerable.Range(0xD800, 0x800)).Concat([0x2028, 0x2029]).Select(code => (char)code)]);

    /// <summary>The same text, or a harmless copy of at most <paramref name="maxLength"/> characters that ends with an ellipsis where it was cut.</summary>
    public static ReadOnlySpan<char> OneLine(ReadOnlySpan<char> text, int maxLength) =>
        text.Length <= maxLength && !text.ContainsAny(Suspicious) ? text : Rewrite(text, maxLength, keepsLines: false);

    /// <summary>As <see cref="OneLine"/>, but line breaks and tabs stay: for statements, plans and stack traces.</summary>
    public static ReadOnlySpan<char> Lines(ReadOnlySpan<char> text, int maxLength) =>
        text.Length <= maxLength && !text.ContainsAny(Suspicious) ? text : Rewrite(text, maxLength, keepsLines: true);

    private static string Rewrite(ReadOnlySpan<char> text, int maxLength, bool keepsLines)
    {
        var rewritten = new StringBuilder(Math.Min(text.Length, maxLength));
        while (!text.IsEmpty)
        {
            // What is broken is decoded as U+FFFD.
            Rune.DecodeFromUtf16(text, out var rune, out var consumed);
            if (rewritten.Length + rune.Utf16SequenceLength > maxLength - (text.Length > consumed ? 1 : 0))
            {
                return rewritten.Append('…').ToString();
            }

            var isKept = !Rune.IsControl(rune) && rune.Value is not (0x2028 or 0x2029);
            rewritten.Append(isKept || (keepsLines && rune.Value is (int)'\n' or (int)'\r' or (int)'\t') ? rune.ToString() : "\uFFFD");
            text = text[consumed..];
        }

        return rewritten.ToString();
    }
}
