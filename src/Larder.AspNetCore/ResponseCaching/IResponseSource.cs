using Larder.AspNetCore.RequestLog;
using Larder.Freshness;

namespace Larder.AspNetCore.ResponseCaching;

/// <summary>Makes the response of one request. It holds nothing of the request that ends with it, because others may wait for the response when its client has gone.</summary>
internal interface IResponseSource
{
    /// <summary>How long the parts took; null: not known, or not loaded by this request.</summary>
    string? ServerTiming { get; }

    /// <summary>Tells the request log what it was made of; nothing where that is not known, or was not made by this request.</summary>
    void ReportTo(ILarderRequestFeature log)
    {
    }

    /// <summary>Makes it. What it reads flows to <see cref="ReadScope.Current"/>.</summary>
    ValueTask<LoadedResponse> LoadAsync(CancellationToken cancellationToken);
}

/// <summary>A response as it was made.</summary>
/// <param name="Response">The response.</param>
/// <param name="Sharing">Who may have it.</param>
internal readonly record struct LoadedResponse(CachedResponse Response, ResponseSharing Sharing);

/// <summary>Who may have a response that was made for one request.</summary>
internal enum ResponseSharing
{
    /// <summary>Everybody with its key, from the store.</summary>
    Stored,

    /// <summary>Those who wait for it now.</summary>
    Collapsed,

    /// <summary>Its own request only.</summary>
    Private,

    /// <summary>Those who wait for it now, if there is no old response that may be used instead.</summary>
    Error,
}
