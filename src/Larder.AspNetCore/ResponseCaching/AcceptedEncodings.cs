using System.Runtime.InteropServices;
using Microsoft.Extensions.Primitives;

namespace Larder.AspNetCore.ResponseCaching;

/// <summary>
/// The request's Accept-Encoding (RFC 9110, 12.5.3): how much each form of a body is wanted, in thousandths; 0 is a refusal. What is not named is refused but for
/// identity, which is only refused by <c>identity;q=0</c>, or by <c>*;q=0</c> without it.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct AcceptedEncodings(int Brotli, int Gzip, int Identity)
{
    // Acceptable, and less wanted than anything that is named.
    private const int Unnamed = 1;
    private const int Absent = -1;

    public static AcceptedEncodings Parse(StringValues header)
    {
        if (header.Count == 0)
        {
            return new(0, 0, Unnamed);
        }

        var (brotli, gzip, identity, any) = (Absent, Absent, Absent, Absent);
        for (var i = 0; i < header.Count; i++)
        {
            var rest = header[i].AsSpan();
            while (!rest.IsEmpty)
            {
                var comma = rest.IndexOf(',');
                var item = comma < 0 ? rest : rest[..comma];
                rest = comma < 0 ? default : rest[(comma + 1)..];
                var semicolon = item.IndexOf(';');
                var coding = (semicolon < 0 ? item : item[..semicolon]).Trim();
                var quality = semicolon < 0 ? 1000 : QualityOf(item[(semicolon + 1)..]);
                if (coding.Equals("br", StringComparison.OrdinalIgnoreCase))
                {
                    brotli = quality;
                }
                else if (coding.Equals("gzip", StringComparison.OrdinalIgnoreCase) || coding.Equals("x-gzip", StringComparison.OrdinalIgnoreCase))
                {
                    gzip = quality;
                }
                else if (coding.Equals("identity", StringComparison.OrdinalIgnoreCase))
                {
                    identity = quality;
                }
                else if (coding is "*")
                {
                    any = quality;
                }
            }
        }

        var others = Math.Max(any, 0);
        return new(brotli == Absent ? others : brotli, gzip == Absent ? others : gzip, identity == Absent ? (any == Absent ? Unnamed : any) : identity);
    }

    /// <summary>A weight: q=, 0 to 1 with at most three places. What is none counts as a refusal of that coding.</summary>
    private static int QualityOf(ReadOnlySpan<char> parameters)
    {
        while (!parameters.IsEmpty)
        {
            var end = parameters.IndexOf(';');
            var parameter = (end < 0 ? parameters : parameters[..end]).Trim();
            parameters = end < 0 ? default : parameters[(end + 1)..];
            if (parameter.StartsWith("q=", StringComparison.OrdinalIgnoreCase))
            {
                return ThousandthsOf(parameter[2..]);
            }
        }

        return 1000;
    }

    private static int ThousandthsOf(ReadOnlySpan<char> weight)
    {
        if (weight.Length is 0 or > 5 || weight[0] is not ('0' or '1') || (weight.Length > 1 && weight[1] != '.'))
        {
            return 0;
        }

        var thousandths = (weight[0] - '0') * 1000;
        var unit = 100;
        for (var i = 2; i < weight.Length; i++, unit /= 10)
        {
            if (!char.IsAsciiDigit(weight[i]))
            {
                return 0;
            }

            thousandths += (weight[i] - '0') * unit;
        }

        return thousandths > 1000 ? 0 : thousandths;
    }
}
