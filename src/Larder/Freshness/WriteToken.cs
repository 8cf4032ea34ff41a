using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Larder.Freshness;

/// <summary>
/// What a writer gives its client, so that the client's next read is never older than its write: a position in the invalidation log.
/// The default value is no token.
/// </summary>
/// <param name="Epoch">The life of the log that the position belongs to.</param>
/// <param name="Seq">The position.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct WriteToken(ulong Epoch, long Seq) : ISpanParsable<WriteToken>
{
    private const string PoisonText = "poison";
    private const long PoisonSeq = -1;
    private const int EpochDigits = 16;

    /// <summary>The token of a write whose place in the log is not known: its bearer is served past the cache.</summary>
    public static WriteToken Poison { get; } = new(0, PoisonSeq);

    /// <summary>Whether there is no token.</summary>
    public bool IsNone => this == default;

    /// <summary>Whether its bearer must be served past the cache.</summary>
    public bool IsPoison => Seq == PoisonSeq;

    /// <summary>Reads the text form.</summary>
    /// <exception cref="FormatException">It is not one.</exception>
    public static WriteToken Parse(ReadOnlySpan<char> s, IFormatProvider? provider) =>
        TryParse(s, provider, out var token) ? token : throw new FormatException("A write token is 'poison', or 16 hexadecimal digits, a dot and a number.");

    /// <inheritdoc cref="Parse(ReadOnlySpan{char}, IFormatProvider?)" />
    public static WriteToken Parse(string s, IFormatProvider? provider) => Parse(s.AsSpan(), provider);

    /// <summary>Reads the text form; nothing else is accepted, in particular no spaces, signs or leading zeros.</summary>
    public static bool TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out WriteToken result)
    {
        result = default;
        if (s.SequenceEqual(PoisonText))
        {
            result = Poison;
            return true;
        }

        if (s.Length <= EpochDigits + 1
            || s[EpochDigits] != '.'
            || s[EpochDigits + 1] == '0'
            || !ulong.TryParse(s[..EpochDigits], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var epoch)
            || !long.TryParse(s[(EpochDigits + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var seq))
        {
            return false;
        }

        result = new(epoch, seq);
        return true;
    }

    /// <inheritdoc cref="TryParse(ReadOnlySpan{char}, IFormatProvider?, out WriteToken)" />
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out WriteToken result) => TryParse(s.AsSpan(), provider, out result);

    /// <summary>The text form, fit for a header: 16 hexadecimal digits, a dot and a number; "poison"; empty for no token.</summary>
    public override string ToString() => IsPoison ? PoisonText : IsNone ? "" : $"{Epoch:x16}.{Seq}";
}
