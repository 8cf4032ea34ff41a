using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Larder.AspNetCore.ResponseCaching;

/// <summary>Parameters of a query string, read where they stand: nothing is made of those that nobody asked for, nor of plain texts. As everywhere in ASP.NET Core the case of names is ignored.</summary>
internal static class QueryText
{
    /// <summary>How often the parameter is given, and its first value.</summary>
    public static int Find(QueryString query, string name, out ReadOnlySpan<char> first)
    {
        first = default;
        var count = 0;
        if (!query.HasValue)
        {
            return 0;
        }

        foreach (var pair in new QueryStringEnumerable(query.Value))
        {
            if (pair.DecodeName().Span.Equals(name, StringComparison.OrdinalIgnoreCase) && count++ == 0)
            {
                first = pair.DecodeValue().Span;
            }
        }

        return count;
    }

    /// <summary>All values of a parameter, in order.</summary>
    public static List<string> All(QueryString query, string name)
    {
        List<string> values = [];
        foreach (var pair in new QueryStringEnumerable(query.Value))
        {
            if (pair.DecodeName().Span.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                values.Add(pair.DecodeValue().ToString());
            }
        }

        return values;
    }
}
