using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Larder.Caching;
using Larder.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;

namespace Larder.AspNetCore.ResponseCaching;

/// <summary>
/// Caches the responses of any endpoint. The key is all that the handler can see: path, declared query parameters, headers and claims, host where declared, and the
/// culture that the request runs under.
/// </summary>
internal sealed class CachedEndpoint : CachedHandler
{
    private const int LongestName = 90;
    private readonly RequestDelegate _handler;

    public CachedEndpoint(IServiceProvider services, CachedAttribute options, RequestDelegate handler, RoutePattern? pattern, string name, EndpointMetadataCollection metadata)
        : base(services, options, HeadOf(name, options, metadata))
    {
        _handler = handler;
        KeyHead = HeadOf(name, options, metadata);
        var routeNames = pattern?.Parameters.Select(parameter => parameter.Name).ToHashSet(StringComparer.OrdinalIgnoreCase) ?? [];
        if (options.Tags.SelectMany(TagTemplate.NamesIn).FirstOrDefault(parameter => !routeNames.Contains(parameter)) is { } unknown)
        {
            throw new InvalidOperationException($"The tags of '{name}' name '{unknown}', which is no parameter of its route.");
        }
    }

    protected override string KeyHead { get; }

    /// <summary>The handler of an endpoint that is being built.</summary>
    public static CachedEndpoint Of(EndpointBuilder endpoint, CachedAttribute options) => new(
        endpoint.ApplicationServices,
        options,
        endpoint.RequestDelegate ?? throw new InvalidOperationException($"The endpoint '{endpoint.DisplayName}' has nothing to cache the responses of."),
        (endpoint as RouteEndpointBuilder)?.RoutePattern,
        NameOf((endpoint as RouteEndpointBuilder)?.RoutePattern, endpoint.DisplayName),
        new EndpointMetadataCollection(endpoint.Metadata));

    /// <summary>The handler of an endpoint that is mapped.</summary>
    public static CachedEndpoint Of(Endpoint endpoint, CachedAttribute options, IServiceProvider services) => new(
        services,
        options,
        endpoint.RequestDelegate ?? throw new InvalidOperationException($"The endpoint '{endpoint.DisplayName}' has nothing to cache the responses of."),
        (endpoint as RouteEndpoint)?.RoutePattern,
        NameOf((endpoint as RouteEndpoint)?.RoutePattern, endpoint.DisplayName),
        endpoint.Metadata);

    protected override bool TryWriteKey(HttpContext context, ref CacheKeyWriter key)
    {
        var request = context.Request;
        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method))
        {
            return false;
        }

        key.Append(request.PathBase.Value);
        key.Append(request.Path.Value);
        key.Append(CultureInfo.CurrentCulture.Name);
        key.Append(CultureInfo.CurrentUICulture.Name);
        foreach (var name in Options.VaryByQuery)
        {
            var values = QueryText.Find(request.QueryString, name, out var first);
            key.Append(values);
            if (values == 1)
            {
                key.Append(first);
            }
            else if (values > 1)
            {
                foreach (var value in QueryText.All(request.QueryString, name))
                {
                    key.Append(value);
                }
            }
        }

        foreach (var name in Options.VaryByHeader)
        {
            var values = request.Headers[name];
            key.Append(values.Count);
            foreach (var value in values)
            {
                key.Append(value);
            }
        }

        if (Options.VaryByHost)
        {
            key.Append(request.Scheme);
            key.Append(request.Host.Value);
        }

        return !Options.VariesByPrincipal || KeyedPrincipal.TryWrite(context, Options, IsAuthenticated(context), ref key);
    }

    protected override IResponseSource SourceOf(HttpContext context) => new EndpointSource(_handler, Options, Policy, context);

    protected override async Task<CacheOutcome> AnswerAsync(HttpContext context, bool wasStale)
    {
        var request = context.Request;
        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method))
        {
            context.Response.Headers[CacheStatus.HeaderName] = CacheStatus.Method;
            await _handler(context);
            return CacheOutcome.BypassRequest;
        }

        var bypass = WhyPastTheStore(context);
        if (bypass is null && KeyOf(context) is { } key)
        {
            return await AnswerAsync(context, key, bypass: null, wasStale, SourceOf(context));
        }

        // Nobody shares it, so the handler answers its own request, as if it were not cached.
        context.Response.Headers[CacheStatus.HeaderName] = CacheStatus.Bypass(bypass ?? "unknown-user");
        await _handler(context);
        return OutcomeOf(bypass);
    }

    private static string NameOf(RoutePattern? pattern, string? displayName)
    {
        var name = pattern?.RawText ?? displayName ?? "endpoint";
        return name.Length == 0 ? "/" : name[..Math.Min(name.Length, LongestName)];
    }

    /// <summary>Tells endpoints apart that have one pattern, and changes with what the key is made of.</summary>
    private static string HeadOf(string name, CachedAttribute options, EndpointMetadataCollection metadata)
    {
        var method = metadata.GetMetadata<System.Reflection.MethodInfo>();
        string[] definition =
        [
            .. options.VaryByQuery, "?", .. options.VaryByHeader, "?", .. options.VaryByClaim, $"{options.VaryByUser}{options.VaryByHost}",
            .. metadata.GetMetadata<IHostMetadata>()?.Hosts ?? [], "?", .. metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? [],
            $"{method?.DeclaringType}.{method}.{method?.Module.ModuleVersionId}",
        ];
        var fingerprint = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', definition))).AsSpan(0, 8));
        return CacheKeyFormat.Build("http", name, fingerprint);
    }
}
