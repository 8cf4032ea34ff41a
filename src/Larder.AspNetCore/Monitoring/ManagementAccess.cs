using System.Net;
using Larder.AspNetCore.RequestLog;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Larder.AspNetCore.Monitoring;

/// <summary>
/// Who may call monitoring and management: processes of this machine that speak to the server themselves, or, where the host names an authorization policy, whoever
/// meets it. Authorization runs before this does; a web page of another origin is refused either way.
/// </summary>
internal static class ManagementAccess
{
    private const int LongestName = 100;

    // What proxies add, and what ForwardedHeadersMiddleware leaves of it after it has changed the address.
    private static readonly string[] ForwardingHeaders =
        ["Forwarded", "Via", "X-Real-IP", "X-Client-IP", "X-Cluster-Client-IP", "True-Client-IP", "CF-Connecting-IP", "Fastly-Client-IP", "X-ProxyUser-Ip"];

    private static readonly string[] ForwardingPrefixes = ["X-Forwarded", "X-Original-", "X-Envoy-", "X-ARR-"];

    /// <summary>Lets only those in who may manage; to be said of an endpoint, or of a group before or after endpoints are mapped to it.</summary>
    /// <param name="builder">The endpoints. Figures count none of their requests.</param>
    /// <param name="authorizationPolicy">The policy that callers must meet, from wherever they call; null: loopback only.</param>
    /// <exception cref="InvalidOperationException">When the endpoints are built: something says that anybody may call, which would win over the policy.</exception>
    public static TBuilder RequireManagementAccess<TBuilder>(this TBuilder builder, string? authorizationPolicy)
        where TBuilder : IEndpointConventionBuilder
    {
        if (authorizationPolicy is not null)
        {
            builder.RequireAuthorization(authorizationPolicy);
        }

        builder.Finally(endpoint =>
        {
            if (authorizationPolicy is not null && endpoint.Metadata.Any(item => item is IAllowAnonymous))
            {
                throw new InvalidOperationException($"'{endpoint.DisplayName}' is for those who meet '{authorizationPolicy}', and something else lets everybody in.");
            }

            var next = endpoint.RequestDelegate!;
            var isAuthorized = authorizationPolicy is not null;
            endpoint.Metadata.Add(UncountedAttribute.Instance);
            endpoint.RequestDelegate = context => WhyRefused(context, isAuthorized) is { } why ? RefuseAsync(context, why) : next(context);
        });
        return builder;
    }

    /// <summary>Who calls, for the log: one line of at most 100 characters, whatever is in the name.</summary>
    public static string NameOf(HttpContext context) =>
        context.User.Identity?.Name is { Length: > 0 } name ? RequestLogText.OneLine(name, LongestName).ToString() : "anonymous";

    /// <summary>Where the caller is, for the log.</summary>
    public static string AddressOf(HttpContext context) => context.Connection.RemoteIpAddress?.ToString() ?? "unknown";

    /// <summary>Why the request is refused; null: it is not.</summary>
    public static string? WhyRefused(HttpContext context, bool isAuthorized)
    {
        var request = context.Request;
        if (request.Headers.Origin is { Count: > 0 } origin && !(origin.Count == 1 && IsOwnOrigin(origin[0], request.Host)))
        {
            return "A page of another origin may not call this.";
        }

        return isAuthorized ? null
            : !IsLoopback(context.Connection.RemoteIpAddress) ? "Only this machine may call this, unless the host names an authorization policy for it."
            : ForwardingHeaderOf(request.Headers) is { } header ? $"The request was forwarded, as its header {header} says: who sent it is not known here."
            : !IsLoopbackHost(request.Host) ? "The Host header must name the loopback interface."
            // What proxies speak that say nothing of themselves (nginx, unless it is told otherwise); no tool that asks for JSON does.
            : HttpProtocol.IsHttp10(request.Protocol) ? "HTTP/1.0 is what proxies speak; call with HTTP/1.1 or later."
            : null;
    }

    private static bool IsLoopback(IPAddress? address) =>
        address is not null && IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);

    private static bool IsLoopbackHost(HostString host) =>
        string.Equals(host.Host, "localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Host.AsSpan().Trim("[]"), out var address) && IsLoopback(address));

    private static bool IsOwnOrigin(string? origin, HostString host) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
        && string.Equals(uri.Authority, host.Value, StringComparison.OrdinalIgnoreCase);

    private static string? ForwardingHeaderOf(IHeaderDictionary headers)
    {
        foreach (var name in ForwardingHeaders)
        {
            if (headers.ContainsKey(name))
            {
                return name;
            }
        }

        foreach (var (name, _) in headers)
        {
            if (ForwardingPrefixes.FirstOrDefault(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)) is { } prefix)
            {
                return $"{prefix}…";
            }
        }

        return null;
    }

    private static Task RefuseAsync(HttpContext context, string why)
    {
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Problem(why, statusCode: StatusCodes.Status403Forbidden).ExecuteAsync(context);
    }
}
