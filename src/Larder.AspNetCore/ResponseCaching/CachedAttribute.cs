using Larder.Caching;

namespace Larder.AspNetCore.ResponseCaching;

/// <summary>
/// Caches whole responses of an endpoint under a named policy. What the response may depend on is said here and makes its key: the values of the route, always,
/// and what is declared. The handler sees that and nothing else: on a miss it runs with a request of its own that holds only what is in the key, so whatever it
/// does, nobody is served what was made for somebody else. What it reads through Larder drops the response when it is written.
/// </summary>
/// <remarks>
/// On a minimal-API handler or an action it takes effect through <c>app.UseLarder()</c>; <c>.Cached("policy")</c> on the endpoint needs nothing. Only GET and HEAD
/// are cached. Never stored: a status other than 200 (and 404 where the policy has a negative duration), Set-Cookie, and what its own Cache-Control or Vary forbids.
/// </remarks>
/// <param name="policy">The name of the policy, see <see cref="CachePolicies"/>.</param>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class)]
public sealed class CachedAttribute(string policy) : Attribute
{
    internal const int DefaultMaxBodyBytes = 16 * 1024 * 1024;

    /// <summary>The name of the policy, which says how long and for whom a response is good.</summary>
    public string Policy { get; } = policy;

    /// <summary>The query parameters that make the response. Default none. All others are neither looked at nor shown to the handler.</summary>
    public string[] VaryByQuery { get; set; } = [];

    /// <summary>The request headers that make the response; not Authorization, Cookie or Accept-Encoding. Default none.</summary>
    public string[] VaryByHeader { get; set; } = [];

    /// <summary>The types of the user's claims that make the response. Default none.</summary>
    public string[] VaryByClaim { get; set; } = [];

    /// <summary>Whether each user has a response of their own, told by the claim <c>sub</c> or the name identifier. A user without either is not cached. Default false.</summary>
    public bool VaryByUser { get; set; }

    /// <summary>Whether the response depends on scheme and host of the request, for example through absolute links. Default false: the handler sees neither.</summary>
    public bool VaryByHost { get; set; }

    /// <summary>
    /// Whether the response is the same for everybody who may have it, so that it is stored although its request was authenticated. Default false: such a request is
    /// answered past the cache, unless the response varies by the user or by claims. Who may have it is decided before, at every request, by authorization.
    /// </summary>
    public bool Shared { get; set; }

    /// <summary>More tags of the response, such as <c>product:{id}</c> with values of the route in it. A handler adds others by <see cref="Freshness.ReadScope"/>.</summary>
    public string[] Tags { get; set; } = [];

    /// <summary>The largest body a handler may write, in bytes: 1 to 1 GiB, default 16 MiB; beyond it the request fails. What is stored is bounded by <see cref="CachePolicy.MaxEntryBytes"/>.</summary>
    public int MaxBodyBytes { get; set; } = DefaultMaxBodyBytes;

    internal bool VariesByPrincipal => VaryByUser || VaryByClaim.Length > 0;

    /// <exception cref="InvalidOperationException">A setting is out of its bounds.</exception>
    internal void Check()
    {
        if (VaryByHeader.FirstOrDefault(IsUnfit) is { } header)
        {
            throw new InvalidOperationException($"A response cannot vary by the header '{header}': use VaryByUser or VaryByClaim for who asks; encodings are seen to.");
        }

        if (MaxBodyBytes is < 1 or > 1024 * 1024 * 1024)
        {
            throw new InvalidOperationException($"MaxBodyBytes is {MaxBodyBytes}: it must be between 1 and 1 GiB.");
        }
    }

    private static bool IsUnfit(string header) =>
        header.Length == 0 || header.Any(character => !char.IsAsciiLetterOrDigit(character) && character is not ('-' or '_'))
        || header.ToUpperInvariant() is "AUTHORIZATION" or "PROXY-AUTHORIZATION" or "COOKIE" or "ACCEPT-ENCODING";
}
