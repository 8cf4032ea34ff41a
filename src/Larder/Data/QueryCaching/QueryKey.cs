using System.Data;
using System.Data.Common;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Larder.Caching;
using Larder.Freshness;

namespace Larder.Data.QueryCaching;

/// <summary>The key of a query's result: its database, the hash of its text, and its values with their types.</summary>
internal static class QueryKey
{
    private const int HashBytes = 16;

    /// <summary>Null: a value is of a type whose meaning to the provider is not known here.</summary>
    public static string? Of(string database, string text, DbParameterCollection parameters)
    {
        var parts = new string?[1 + (2 * parameters.Count)];
        parts[0] = HashOf(text);
        for (var i = 0; i < parameters.Count; i++)
        {
            var parameter = parameters[i];
            if (parameter.Direction != ParameterDirection.Input || !TryWrite(parameter.Value, out var written))
            {
                return null;
            }

            // The type says how the provider sends the value, so that equal texts of different types stay apart.
            parts[1 + (2 * i)] = $"{parameter.ParameterName}={parameter.Value?.GetType().Name}/{parameter.DbType}/{parameter.Size}";
            parts[2 + (2 * i)] = written;
        }

        return CacheKeyFormat.Build("query", database, parts);
    }

    /// <summary>The key of what a probe gives for the parameters of its statement that it mentions. Null: a value is of a type whose meaning to the provider is not known here.</summary>
    public static string? Of(string database, ReadProbe probe, IReadOnlyList<KeyValuePair<string, object?>> parameters)
    {
        var parts = new List<string?>(1 + (2 * probe.MentionedInputs.Count)) { probe.Hash };
        foreach (var name in probe.MentionedInputs)
        {
            var value = parameters.FirstOrDefault(parameter => parameter.Key == name).Value;
            if (!TryWrite(value, out var written))
            {
                return null;
            }

            parts.Add(value?.GetType().Name);
            parts.Add(written);
        }

        return CacheKeyFormat.Build("lookup", database, [.. parts]);
    }

    /// <summary>Tells the text from others.</summary>
    public static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(text.AsSpan())).AsSpan(0, HashBytes));

    private static bool TryWrite(object? value, out string? written)
    {
        written = value switch
        {
            null or DBNull => null,
            string text => text,
            bool or byte or sbyte or short or ushort or int or uint or long or ulong or decimal or Guid => ((IFormattable?)(value as IFormattable))?.ToString(null, CultureInfo.InvariantCulture) ?? value.ToString(),
            double number => number.ToString("R", CultureInfo.InvariantCulture),
            float number => number.ToString("R", CultureInfo.InvariantCulture),
            DateTime time => $"{time.Ticks}/{time.Kind}",
            DateTimeOffset time => $"{time.Ticks}/{time.Offset.Ticks}",
            DateOnly day => day.DayNumber.ToString(CultureInfo.InvariantCulture),
            TimeOnly time => time.Ticks.ToString(CultureInfo.InvariantCulture),
            TimeSpan span => span.Ticks.ToString(CultureInfo.InvariantCulture),
            byte[] bytes => Convert.ToHexString(bytes),
            int[] numbers => string.Join(',', numbers),
            long[] numbers => string.Join(',', numbers),
            Guid[] ids => string.Join(',', ids),
            string?[] texts => string.Concat(texts.Select(text => text is null ? "-;" : $"{text.Length};{text}")),
            _ => "",
        };
        return written is null ? value is null or DBNull : written.Length > 0 || value is string or byte[] or int[] or long[] or Guid[] or string?[];
    }
}
