using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Larder.AspNetCore.ResponseCaching;

/// <summary>What the request's Cache-Control asks (RFC 9111, 5.2.1), and Pragma where there is none (5.4).</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RequestDirectives(bool IsPastTheCache, bool IsOnlyIfCached, long MaxAgeSeconds)
{
    public static RequestDirectives None { get; } = new(false, false, long.MaxValue);

    public static RequestDirectives Parse(IHeaderDictionary headers)
    {
        var control = headers.CacheControl;
        if (control.Count == 0)
        {
            return headers.Pragma.Count > 0 && Has(headers.Pragma, "no-cache") ? None with { IsPastTheCache = true } : None;
        }

        var directives = None with { IsPastTheCache = Has(control, "no-cache") || Has(control, "no-store"), IsOnlyIfCached = Has(control, "only-if-cached") };
        foreach (var value in control)
        {
            foreach (var item in value.AsSpan().Split(','))
            {
                var directive = value.AsSpan()[item].Trim();
                if (directive.StartsWith("max-age=", StringComparison.OrdinalIgnoreCase))
                {
                    // What is no number is stale (4.2.1): nothing is young enough.
                    directives = directives with { MaxAgeSeconds = long.TryParse(directive["max-age=".Length..].Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var age) ? age : 0 };
                }
            }
        }

        return directives;
    }

    /// <summary>Whether a list of directives has the one, with or without an argument.</summary>
    public static bool Has(StringValues control, string name)
    {
        foreach (var value in control)
        {
            foreach (var item in value.AsSpan().Split(','))
            {
                var directive = value.AsSpan()[item].Trim();
                if (directive.StartsWith(name, StringComparison.OrdinalIgnoreCase) && (directive.Length == name.Length || directive[name.Length] is '=' or ' '))
                {
                    return true;
                }
            }
        }

        return false;
    }
}
