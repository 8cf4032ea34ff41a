namespace Larder.Caching;

/// <summary>
/// A pattern over keys in which <c>*</c> stands for any characters, none included, and nothing else is special. The parts between
/// stars are looked for from left to right, each from where the one before ended, so that no input makes it go back.
/// </summary>
internal sealed class CachePattern
{
    internal const int MaxLength = 256;

    private readonly string[] _parts;

    internal CachePattern(string pattern)
    {
        ArgumentException.ThrowIfNullOrEmpty(pattern);
        if (pattern.Length > MaxLength)
        {
            throw new ArgumentException($"A pattern has at most {MaxLength} characters; this one has {pattern.Length}.", nameof(pattern));
        }

        Text = pattern;
        _parts = pattern.Split('*');
    }

    internal string Text { get; }

    internal bool Matches(string key)
    {
        if (_parts.Length == 1)
        {
            return key == _parts[0];
        }

        var rest = key.AsSpan();
        if (!rest.StartsWith(_parts[0], StringComparison.Ordinal))
        {
            return false;
        }

        rest = rest[_parts[0].Length..];
        foreach (var part in _parts.AsSpan(1, _parts.Length - 2))
        {
            var found = rest.IndexOf(part, StringComparison.Ordinal);
            if (found < 0)
            {
                return false;
            }

            rest = rest[(found + part.Length)..];
        }

        return rest.EndsWith(_parts[^1], StringComparison.Ordinal);
    }
}
