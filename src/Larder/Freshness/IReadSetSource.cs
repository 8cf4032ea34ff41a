using System.Diagnostics.CodeAnalysis;

namespace Larder.Freshness;

/// <summary>Says which tags a statement reads when it is run with given values. The SQL analysis registers one; without one SQL sections are timed.</summary>
internal interface IReadSetSource
{
    /// <summary>Finds the tags.</summary>
    /// <param name="database">The name of the database, as sections use it.</param>
    /// <param name="sql">The statement.</param>
    /// <param name="parameters">The values, by the names the statement uses, without <c>@</c>.</param>
    /// <param name="tags">What it reads: at least one tag.</param>
    /// <param name="reason">Why that is not known; null: the statement may be cached, for its lifetime. Otherwise it must not be cached.</param>
    /// <returns>False when it is not known.</returns>
    bool TryGetTags(
        string database, string sql, IReadOnlyList<KeyValuePair<string, object?>> parameters, [NotNullWhen(true)] out Tag[]? tags, out string? reason);

    /// <summary>Trusts the fine tags of a statement no longer: from now on it is tracked by its tables.</summary>
    void Degrade(ReadStatement statement);
}
