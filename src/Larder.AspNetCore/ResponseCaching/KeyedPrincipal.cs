using System.Security.Claims;
using Larder.Caching;
using Microsoft.AspNetCore.Http;

namespace Larder.AspNetCore.ResponseCaching;

/// <summary>
/// Who asks, as far as a response depends on it: the declared claims, each with its issuer, because two issuers may use one value for two people. The handler gets a
/// principal that has these claims and no others.
/// </summary>
internal static class KeyedPrincipal
{
    private const string AuthenticationType = "Larder";

    /// <summary>Adds them to a key. False: somebody asks of whom it is not known who it is.</summary>
    public static bool TryWrite(HttpContext context, CachedAttribute options, bool isAuthenticated, ref CacheKeyWriter key)
    {
        var user = context.User;
        var isKnown = user.Identities.Any(identity => identity.IsAuthenticated);
        if (isAuthenticated && !isKnown)
        {
            // It carries credentials that nobody has looked at.
            return false;
        }

        key.Append(isKnown ? 1 : 0);
        if (!isKnown)
        {
            return true;
        }

        var isTold = !options.VaryByUser;
        var claims = Claims(user, options);
        key.Append(claims.Count);
        foreach (var claim in claims)
        {
            isTold |= IsUserId(claim) && claim.Value.Length > 0;
            key.Append(claim.Type);
            key.Append(claim.Issuer);
            key.Append(claim.Value);
        }

        return isTold;
    }

    /// <summary>The principal that the handler sees.</summary>
    public static ClaimsPrincipal Of(HttpContext context, CachedAttribute options) =>
        options.VariesByPrincipal && context.User.Identities.Any(identity => identity.IsAuthenticated)
            ? new(new ClaimsIdentity(Claims(context.User, options).Select(claim => new Claim(claim.Type, claim.Value, claim.ValueType, claim.Issuer)), AuthenticationType))
            : new(new ClaimsIdentity());

    private static List<Claim> Claims(ClaimsPrincipal user, CachedAttribute options) =>
    [
        .. user.Identities.Where(identity => identity.IsAuthenticated).SelectMany(identity => identity.Claims)
            .Where(claim => (options.VaryByUser && IsUserId(claim)) || options.VaryByClaim.Contains(claim.Type, StringComparer.Ordinal)),
    ];

    private static bool IsUserId(Claim claim) => claim.Type is ClaimTypes.NameIdentifier or "sub";
}
