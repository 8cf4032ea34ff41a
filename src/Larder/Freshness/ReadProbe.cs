using Larder.Data;
using Larder.Data.QueryCaching;

namespace Larder.Freshness;

/// <summary>
/// A query that is run after P0 and before a statement, and gives the values by which rows of that statement are looked up. It takes parameters of the statement.
/// </summary>
/// <param name="text">The query, of one column.</param>
internal sealed class ReadProbe(string text)
{
    /// <summary>The query.</summary>
    public string Text { get; } = text;

    /// <summary>Tells it from other probes.</summary>
    public string Hash { get; } = QueryKey.HashOf(text);

    /// <summary>The parameters it mentions, without the sign, in the order of their first mention.</summary>
    public IReadOnlyList<string> MentionedInputs { get; } = SqlParameterNames.Find(text);

    /// <summary>The query with <c>$1</c> for the first of <see cref="MentionedInputs"/>, and so on.</summary>
    public string PositionalText { get; } = SqlParameterNames.ToPositional(text);
}
