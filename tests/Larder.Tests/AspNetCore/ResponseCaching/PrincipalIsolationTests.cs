using System.Security.Claims;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Larder.AspNetCore.ResponseCaching;
using Larder.Tests.Caching;
using Microsoft.AspNetCore.Http;

namespace Larder.Tests.AspNetCore.ResponseCaching;

/// <summary>
/// Two principals never see each other's response. Under random policies and principals a handler writes down all that it can see of its request; whatever stands in a
/// response must belong to the request that got it. A request has secrets of its own everywhere that nothing declares.
/// </summary>
public sealed class PrincipalIsolationTests : IDisposable
{
    private const int RequestsOfAScenario = 50;
    private readonly TestCache _test = new();
    private int _scenarios;
    private int _hits;

    public void Dispose() => _test.Dispose();

    [Fact]
    public void Get_ThousandsOfRequestsOfRandomPrincipals_NeverHoldAnothersValues() => Check(scenarios: 120);

    [Fact]
    [Trait("Category", "Long")]
    public void Get_AMillionRequestsOfRandomPrincipals_NeverHoldAnothersValues() => Check(scenarios: 1_000_000 / RequestsOfAScenario);

    private void Check(int scenarios)
    {
        string[] claimTypes = ["sub", ClaimTypes.NameIdentifier, "role", "tenant"];
        var subset = Gen.SubListOf(claimTypes).Select(types => types.ToArray());
        var policies = from varyByUser in Gen.Elements(true, false) from claims in subset from shared in Gen.Elements(true, false)
                       from query in Gen.Elements(true, false) from header in Gen.Elements(true, false) from host in Gen.Elements(true, false)
                       select new CachedAttribute("default")
                       {
                           VaryByUser = varyByUser, VaryByClaim = claims, Shared = shared, VaryByHost = host,
                           VaryByQuery = query ? ["q"] : [], VaryByHeader = header ? ["X-Lang"] : [],
                       };
        var claim = from type in Gen.Elements(claimTypes) from value in Gen.Elements("a", "b", "1:a", "") from issuer in Gen.Elements("x", "y") select new Claim(type, value, null, issuer);
        var requests = from claims in claim.ArrayOf().Select(claims => claims.Take(4).ToArray()) from kind in Gen.Choose(0, 3) from q in Gen.Elements("", "a", "b") from lang in Gen.Elements("", "de", "a")
                       from host in Gen.Elements("one", "two")
                       select new Asked(kind is 1 or 2 ? claims : null, HasAuthorization: kind is 2 or 3, q, lang, host);
        var all = from policy in policies from list in requests.ArrayOf(RequestsOfAScenario) select (policy, list);

        Prop.ForAll(all.ToArbitrary(), scenario => RunAsync(scenario.policy, scenario.list).GetAwaiter().GetResult()).Check(Config.QuickThrowOnFailure.WithMaxTest(scenarios));

        Assert.True(_hits > scenarios * 3, $"only {_hits} requests were hits, which proves little");
    }

    private async Task<bool> RunAsync(CachedAttribute policy, Asked[] requests)
    {
        // Another name each time, so that the scenarios share no entries.
        var endpoint = new CachedEndpoint(_test.Services, policy, WriteAllAsync, pattern: null, $"scenario {_scenarios++}", new());
        for (var i = 0; i < requests.Length; i++)
        {
            var asked = requests[i];
            var context = asked.ToContext(_test.Services, secret: $"secret{i}.");
            await endpoint.HandleAsync(context);
            var body = Encoding.UTF8.GetString(((MemoryStream)context.Response.Body).ToArray());
            _hits += context.Response.Headers["Cache-Status"].ToString().StartsWith("Larder; hit", StringComparison.Ordinal) ? 1 : 0;
            var own = asked.Values($"secret{i}.").ToHashSet(StringComparer.Ordinal);
            var foreign = body.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => !own.Contains(line)).ToArray();
            Assert.True(foreign.Length == 0, $"request {i} ({asked}) got {string.Join(", ", foreign)}");
        }

        return true;
    }

    private static async Task WriteAllAsync(HttpContext context)
    {
        var text = new StringBuilder();
        foreach (var claim in context.User.Claims)
        {
            text.Append($"{claim.Issuer}|{claim.Type}|{claim.Value}\n");
        }

        foreach (var (name, value) in context.Request.Headers)
        {
            text.Append($"{name}|{value}\n");
        }

        foreach (var (name, value) in context.Request.Query)
        {
            text.Append($"{name}|{value}\n");
        }

        text.Append($"authenticated|{context.User.Identities.Any(identity => identity.IsAuthenticated)}\n");
        await context.Response.WriteAsync(text.ToString());
    }

    private sealed record Asked(Claim[]? Claims, bool HasAuthorization, string Query, string Language, string Host)
    {
        public DefaultHttpContext ToContext(IServiceProvider services, string secret)
        {
            var context = new DefaultHttpContext { RequestServices = services };
            context.Response.Body = new MemoryStream();
            context.Request.Method = "GET";
            context.Request.Path = "/x";
            context.Request.Host = new HostString(Host);
            context.Request.QueryString = new QueryString($"?secret={secret}{(Query.Length > 0 ? $"&q={Query}" : "")}");
            context.Request.Headers["X-Secret"] = secret;
            if (Language.Length > 0)
            {
                context.Request.Headers["X-Lang"] = Language;
            }

            if (HasAuthorization)
            {
                context.Request.Headers.Authorization = secret;
            }

            if (Claims is not null)
            {
                context.User = new ClaimsPrincipal(new ClaimsIdentity([.. Claims, new Claim("secret", secret, null, "x")], "test"));
            }

            return context;
        }

        /// <summary>Every line that may stand in the response: undeclared values only while the request is answered past the cache, by its own run of the handler.</summary>
        public IEnumerable<string> Values(string secret)
        {
            var claims = (Claims ?? []).Select(claim => $"{claim.Issuer}|{claim.Type}|{claim.Value}");
            string[] others = [$"X-Secret|{secret}", $"secret|{secret}", $"q|{Query}", $"X-Lang|{Language}", $"Host|{Host}", $"x|secret|{secret}", $"Authorization|{secret}", $"authenticated|{Claims is not null}"];

            // A shared response says nothing of whoever asked first.
            return claims.Concat(others).Append("authenticated|False");
        }
    }
}
