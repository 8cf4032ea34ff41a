using Larder.Views;

namespace Larder.AspNetCore.RequestLog;

/// <summary>
/// What an endpoint tells the request log about its answer. It is among the features of a request while the log is on, and belongs to that
/// request only: it must not be kept.
/// </summary>
public interface ILarderRequestFeature
{
    /// <summary>Whether no source was asked for this answer; null: the endpoint has no cache. The field <c>cached</c>.</summary>
    bool? IsCached { get; set; }

    /// <summary>Whether <see cref="ReportLookup"/> leads to a line, so that it is worth making the key.</summary>
    bool IsLookupLogged { get; }

    /// <summary>Adds a line <c>bff_cache_hit</c> or <c>bff_cache_miss</c>.</summary>
    /// <param name="cacheKey">The key as it is shown to people.</param>
    /// <param name="isHit">Whether it was found.</param>
    void ReportLookup(string cacheKey, bool isHit);

    /// <summary>Takes <see cref="IsCached"/>, the lookups and the times of the sections from a view's result.</summary>
    void Report(ViewResult result);
}
