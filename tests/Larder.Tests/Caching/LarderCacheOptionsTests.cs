using Larder.Caching;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Larder.Tests.Caching;

public sealed class LarderCacheOptionsTests
{
    [Theory]
    [InlineData("dashboard", 300)]
    [InlineData("catalogue", 600)]
    [InlineData("product", 300)]
    [InlineData("customer", 120)]
    [InlineData("order", 180)]
    [InlineData("inventory", 60)]
    [InlineData("reports", 900)]
    [InlineData("profile", 600)]
    [InlineData("home", 300)]
    [InlineData("real-time", 60)]
    [InlineData("user-data", 300)]
    [InlineData("slots", 300)]
    [InlineData("business-intelligence", 900)]
    [InlineData("analytics", 1800)]
    [InlineData("static", 3600)]
    [InlineData("default", 300)]
    public void GetPolicy_BuiltInName_HasTheRequiredLifetime(string name, int seconds)
    {
        var policy = Cache().GetPolicy(name);

        Assert.Equal((TimeSpan.FromSeconds(seconds), 0.1, 1024 * 1024, false), (policy.Duration, policy.Jitter, policy.MaxEntryBytes, policy.NoStore));
    }

    [Fact]
    public void GetPolicy_Cart_IsNeverStored() => Assert.True(Cache().GetPolicy("cart").NoStore);

    [Fact]
    public void GetPolicy_UnknownName_IsRefusedWithTheKnownOnes()
    {
        var refused = Assert.Throws<ArgumentException>(() => Cache().GetPolicy("dashbord"));

        Assert.Contains("'dashbord'", refused.Message);
        Assert.Contains("dashboard", refused.Message);
    }

    [Fact]
    public void GetPolicy_TiersConfigured_MoveTheirPoliciesAndNoOthers()
    {
        var cache = Cache(
            ("CACHE_DEFAULT_TTL", "10"), ("CACHE_TTL_SHORT", "20"), ("CACHE_TTL_MEDIUM", "30"), ("CACHE_TTL_LONG", "40"), ("Larder:Policies:product:Duration", "50"));

        Assert.Equal([10, 20, 30, 30, 30, 30, 40, 40, 50, 180, 60], Seconds(
            cache, "default", "customer", "dashboard", "home", "user-data", "slots", "reports", "business-intelligence", "product", "order", "inventory"));
    }

    [Fact]
    public void GetPolicy_ConfiguredByNameWithoutCase_TakesEverySetting()
    {
        var policy = Cache(
            ("Larder:Policies:Inventory:Duration", "00:01:30"),
            ("Larder:Policies:Inventory:Jitter", "0.25"),
            ("Larder:Policies:Inventory:MaxEntryBytes", "2048")).GetPolicy("inventory");

        Assert.Equal((TimeSpan.FromSeconds(90), 0.25, 2048), (policy.Duration, policy.Jitter, policy.MaxEntryBytes));
        Assert.True(Cache(("Larder:Policies:order:NoStore", "true")).GetPolicy("order").NoStore);
    }

    [Fact]
    public void GetPolicy_FreshnessConfigured_TakesEverySetting()
    {
        var policy = Cache(
            ("Larder:Policies:dashboard:StaleWhileRevalidate", "10"),
            ("Larder:Policies:dashboard:StaleIfError", "00:01:00"),
            ("Larder:Policies:dashboard:StaleAfterInvalidation", "3"),
            ("Larder:Policies:dashboard:EagerRefresh", "0.8"),
            ("Larder:Policies:dashboard:NegativeDuration", "0"),
            ("Larder:Policies:dashboard:IsStrict", "true"),
            ("Larder:Policies:dashboard:ClientMaxAge", "5"),
            ("Larder:Policies:dashboard:IsPublic", "true"),
            ("Larder:Policies:dashboard:HonoursRequestDirectives", "1")).GetPolicy("dashboard");

        Assert.Equal(
            (10, 60, 3, 0.8, TimeSpan.Zero, true),
            (policy.StaleWhileRevalidate.TotalSeconds, policy.StaleIfError.TotalSeconds, policy.StaleAfterInvalidation.TotalSeconds, policy.EagerRefresh, policy.NegativeDuration, policy.IsStrict));
        Assert.Equal((TimeSpan.FromSeconds(5), true, true), (policy.ClientMaxAge, policy.IsPublic, policy.HonoursRequestDirectives));
    }

    [Fact]
    public void Options_LimitsOfLoads_AreConfigured()
    {
        var options = Options(null, ("Larder:MaxConcurrentLoads", "3"), ("Larder:MaxQueuedLoads", "0"));

        Assert.Equal((3, 0), (options.MaxConcurrentLoads, options.MaxQueuedLoads));
    }

    [Fact]
    public void GetPolicy_AddedInCode_CanBeConfiguredByName()
    {
        var cache = Cache(
            options => options.AddPolicy(new CachePolicy("weather", TimeSpan.FromSeconds(5))), ("Larder:Policies:weather:Duration", "7"));

        Assert.Equal([7], Seconds(cache, "weather"));
    }

    [Fact]
    public void Options_SetTwice_LarderNameBeatsTheFlatOneAndCodeBeatsBoth()
    {
        (string, string)[] settings = [("CACHE_ENABLED", "true"), ("Larder:Enabled", "false"), ("CACHE_DEFAULT_TTL", "10"), ("Larder:MemoryLimitBytes", "65536")];

        var options = Options(options => options.DefaultDuration = TimeSpan.FromSeconds(11), settings);

        Assert.Equal((false, TimeSpan.FromSeconds(11), 65536), (options.Enabled, options.DefaultDuration, options.MemoryLimitBytes));
        Assert.False(Options(null, ("CACHE_ENABLED", "0")).Enabled);
        Assert.True(Options(null, ("CACHE_ENABLED", " ")).Enabled);
    }

    [Theory]
    [InlineData("CACHE_ENABLED", "maybe", "CACHE_ENABLED is 'maybe': it must be true, false, 1 or 0.")]
    [InlineData("CACHE_DEFAULT_TTL", "soon", "CACHE_DEFAULT_TTL is 'soon': it must be a whole number of seconds or hh:mm:ss, more than 0 and at most 365 days")]
    [InlineData("CACHE_TTL_SHORT", "-1", "CACHE_TTL_SHORT is '-1': it must be")]
    [InlineData("CACHE_TTL_MEDIUM", "0", "CACHE_TTL_MEDIUM is '0': it must be")]
    [InlineData("CACHE_TTL_LONG", "99999999999999999999", "CACHE_TTL_LONG is '99999999999999999999': it must be")]
    [InlineData("CACHE_TTL_LONG", "31536001", "CACHE_TTL_LONG is '31536001': it must be")]
    [InlineData("Larder:DefaultDuration", "-00:00:01", "Larder:DefaultDuration is '-00:00:01': it must be")]
    [InlineData("Larder:MemoryLimitBytes", "1", "Larder:MemoryLimitBytes is '1': it must be a whole number of bytes between 65536 and 1099511627776.")]
    [InlineData("Larder:Policies:product:Jitter", "0.6", "Larder:Policies:product:Jitter is '0.6': it must be a fraction between 0 and 0.5.")]
    [InlineData("Larder:Policies:product:Jitter", "NaN", "Larder:Policies:product:Jitter is 'NaN': it must be a fraction between 0 and 0.5.")]
    [InlineData("Larder:Policies:product:MaxEntryBytes", "0", "Larder:Policies:product:MaxEntryBytes is '0': it must be a whole number of bytes between 1 and 1073741824.")]
    [InlineData("Larder:Policies:product:StaleIfError", "2592001", "Larder:Policies:product:StaleIfError is '2592001': it must be a whole number of seconds or hh:mm:ss, at most 30 days (2592000).")]
    [InlineData("Larder:Policies:product:StaleWhileRevalidate", "-1", "Larder:Policies:product:StaleWhileRevalidate is '-1': it must be")]
    [InlineData("Larder:Policies:product:StaleAfterInvalidation", "x", "Larder:Policies:product:StaleAfterInvalidation is 'x': it must be")]
    [InlineData("Larder:Policies:product:EagerRefresh", "1", "Larder:Policies:product:EagerRefresh is '1': it must be a fraction between 0.05 and 0.95.")]
    [InlineData("Larder:Policies:product:NegativeDuration", "31536001", "Larder:Policies:product:NegativeDuration is '31536001': it must be")]
    [InlineData("Larder:Policies:product:IsStrict", "2", "Larder:Policies:product:IsStrict is '2': it must be true, false, 1 or 0.")]
    [InlineData("Larder:Policies:product:ClientMaxAge", "-1", "Larder:Policies:product:ClientMaxAge is '-1': it must be")]
    [InlineData("Larder:MaxConcurrentLoads", "0", "Larder:MaxConcurrentLoads is '0': it must be a whole number between 1 and 100000.")]
    [InlineData("Larder:MaxQueuedLoads", "-1", "Larder:MaxQueuedLoads is '-1': it must be a whole number between 0 and 100000.")]
    [InlineData("Larder:Policies:product:Duratoin", "60", "Larder:Policies:product:Duratoin is not a setting of a policy")]
    [InlineData("Larder:Policies:product", "60", "Larder:Policies:product is '60': it must have settings under it")]
    [InlineData("Larder:Policies:produkt:Duration", "60", "Larder:Policies:produkt names no policy: there are analytics, business-intelligence, cart")]
    [InlineData("Larder:Policies:cart:NoStore", "false", "Larder:Policies:cart:NoStore is false: it must be true, because a cart is never stored.")]
    [InlineData("Larder:Policies:cart:Duration", "60", "Larder:Policies:cart:Duration has no effect")]
    public async Task Start_BadSetting_StopsWithTheNameAndTheBounds(string key, string value, string message)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection([new(key, value)]);
        builder.Services.AddLarder();
        using var host = builder.Build();

        var stopped = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());

        Assert.Contains(message, Assert.Single(stopped.Failures));
    }

    [Fact]
    public void Options_SeveralBadValuesInCode_AreAllReported()
    {
        var refused = Assert.Throws<OptionsValidationException>(() => Options(options =>
        {
            options.DefaultDuration = TimeSpan.Zero;
            options.MemoryLimitBytes = -1;
            options.Policies["order"] = new CachePolicyOptions { Jitter = -0.1, MaxEntryBytes = 0, Duration = TimeSpan.FromDays(366) };
            options.Policies["home"] = new CachePolicyOptions
            {
                StaleIfError = TimeSpan.FromDays(31),
                StaleWhileRevalidate = TimeSpan.FromSeconds(-1),
                StaleAfterInvalidation = TimeSpan.FromDays(31),
                EagerRefresh = 0,
                NegativeDuration = TimeSpan.FromDays(366),
            };
        }));

        Assert.Equal(10, refused.Failures.Count());
    }

    [Fact]
    public void AddPolicy_NameInUse_IsRefused()
    {
        var options = new LarderCacheOptions().AddPolicy(new CachePolicy("mine", TimeSpan.FromSeconds(1)));

        Assert.Throws<ArgumentException>(() => options.AddPolicy(new CachePolicy("Mine", TimeSpan.FromSeconds(1))));
        Assert.Throws<ArgumentException>(() => options.AddPolicy(new CachePolicy("cart", TimeSpan.FromSeconds(1))));
    }

    [Fact]
    public void CachePolicy_ValuesOutOfBounds_AreRefusedWhenMade()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new CachePolicy("p", TimeSpan.FromSeconds(-1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => TestCache.Minute with { Jitter = 0.51 });
        Assert.Throws<ArgumentOutOfRangeException>(() => TestCache.Minute with { MaxEntryBytes = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => TestCache.Minute with { StaleIfError = TimeSpan.FromDays(31) });
        Assert.Throws<ArgumentOutOfRangeException>(() => TestCache.Minute with { EagerRefresh = double.NaN });
        Assert.Throws<ArgumentOutOfRangeException>(() => TestCache.Minute with { NegativeDuration = TimeSpan.FromTicks(-1) });
        Assert.Throws<ArgumentException>(() => new CachePolicy(" ", TimeSpan.Zero));
    }

    private static int[] Seconds(LarderCache cache, params string[] names) =>
        [.. names.Select(name => (int)cache.GetPolicy(name).Duration.TotalSeconds)];

    private static LarderCache Cache(params (string Key, string Value)[] settings) => Cache(null, settings);

    private static LarderCache Cache(Action<LarderCacheOptions>? configure, params (string Key, string Value)[] settings) =>
        Services(configure, settings).GetRequiredService<LarderCache>();

    private static LarderCacheOptions Options(Action<LarderCacheOptions>? configure, params (string Key, string Value)[] settings) =>
        Services(configure, settings).GetRequiredService<IOptions<LarderCacheOptions>>().Value;

    private static ServiceProvider Services(Action<LarderCacheOptions>? configure, (string Key, string Value)[] settings) =>
        new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder()
                .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value))).Build())
            .AddLarder(configure)
            .BuildServiceProvider();
}
