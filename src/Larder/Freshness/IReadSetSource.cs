using System.Diagnostics.CodeAnalysis;

namespace Larder.Freshness;

/// <summary>Says which tags a statement reads when it is run with given values. Without one, and for databases that it does not know, SQL sections are timed.</summary>
internal interface IReadSetSource
{
    /// <summary>Makes sure that the schema of a database is known. Awaited before <see cref="TryGetTags"/>; completes at once where it is.</summary>
    /// <param name="database">The name of the database, as sections use it.</param>
    /// <param name="sql">The statement; when it names what the schema does not know, the schema may have changed.</param>
    /// <param name="cancellationToken">Stops it.</param>
    ValueTask PrepareAsync(string database, string sql, CancellationToken cancellationToken);

    /// <summary>Finds the tags.</summary>
    /// <param name="database">The name of the database, as sections use it.</param>
    /// <param name="sql">The statement.</param>
    /// <param name="parameters">The values, by the names the statement uses, without <c>@</c>.</param>
    /// <param name="tags">What it reads; empty where it reads no table.</param>
    /// <param name="reason">Why that is not known; null: the statement may be cached, for its lifetime. Otherwise it must not be cached.</param>
    /// <returns>False when it is not known.</returns>
    bool TryGetTags(
        string database, string sql, IReadOnlyList<KeyValuePair<string, object?>> parameters, [NotNullWhen(true)] out Tag[]? tags, out string? reason);

    /// <summary>
    /// Finds what to run before a statement so that <see cref="ReadLookups.TagsOf"/> says more closely what it reads. Asked after
    /// <see cref="TryGetTags"/>, whose tags hold in any case.
    /// </summary>
    /// <param name="database">The name of the database, as sections use it.</param>
    /// <param name="sql">The statement.</param>
    /// <param name="parameters">The values, by the names the statement uses, without <c>@</c>.</param>
    /// <returns>Null where there is nothing to ask.</returns>
    ReadLookups? FindLookups(string database, string sql, IReadOnlyList<KeyValuePair<string, object?>> parameters) => null;

    /// <summary>Trusts the fine tags of a statement no longer: from now on it is tracked by its tables.</summary>
    void Degrade(ReadStatement statement);
}
