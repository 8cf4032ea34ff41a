namespace Larder.Caching;

/// <summary>The names of the built-in policies, with their default lifetimes.</summary>
public static class CachePolicies
{
    /// <summary>Dashboards of people at work: 300 s, or the medium tier.</summary>
    public const string Dashboard = "dashboard";

    /// <summary>Lists of products: 600 s.</summary>
    public const string Catalogue = "catalogue";

    /// <summary>One product: 300 s, or the medium tier.</summary>
    public const string Product = "product";

    /// <summary>One customer: 120 s, or the short tier.</summary>
    public const string Customer = "customer";

    /// <summary>One order and lists of orders: 180 s.</summary>
    public const string Order = "order";

    /// <summary>Stock: 60 s.</summary>
    public const string Inventory = "inventory";

    /// <summary>Reports: 900 s, or the long tier.</summary>
    public const string Reports = "reports";

    /// <summary>Profiles of people: 600 s.</summary>
    public const string Profile = "profile";

    /// <summary>Carts: never stored, whatever is configured.</summary>
    public const string Cart = "cart";

    /// <summary>The home screen: 300 s, or the medium tier.</summary>
    public const string Home = "home";

    /// <summary>What must be nearly current: 60 s.</summary>
    public const string RealTime = "real-time";

    /// <summary>A user's own data: 300 s, or the medium tier.</summary>
    public const string UserData = "user-data";

    /// <summary>Appointment slots: 300 s, or the medium tier.</summary>
    public const string Slots = "slots";

    /// <summary>Business intelligence: 900 s, or the long tier.</summary>
    public const string BusinessIntelligence = "business-intelligence";

    /// <summary>Analytics: 1,800 s.</summary>
    public const string Analytics = "analytics";

    /// <summary>Static reference data: 3,600 s.</summary>
    public const string Static = "static";

    /// <summary>What names no other policy, and HybridCache callers: <see cref="LarderCacheOptions.DefaultDuration"/>, 300 s.</summary>
    public const string Default = "default";

    internal static IEnumerable<CachePolicy> BuiltIn(LarderCacheOptions options) =>
    [
        new(Dashboard, options.MediumDuration),
        new(Catalogue, TimeSpan.FromSeconds(600)),
        new(Product, options.MediumDuration),
        new(Customer, options.ShortDuration),
        new(Order, TimeSpan.FromSeconds(180)),
        new(Inventory, TimeSpan.FromSeconds(60)),
        new(Reports, options.LongDuration),
        new(Profile, TimeSpan.FromSeconds(600)),
        new(Cart, TimeSpan.Zero) { NoStore = true },
        new(Home, options.MediumDuration),
        new(RealTime, TimeSpan.FromSeconds(60)),
        new(UserData, options.MediumDuration),
        new(Slots, options.MediumDuration),
        new(BusinessIntelligence, options.LongDuration),
        new(Analytics, TimeSpan.FromSeconds(1800)),
        new(Static, TimeSpan.FromSeconds(3600)),
        new(Default, options.DefaultDuration),
    ];

    internal static readonly IReadOnlySet<string> BuiltInNames =
        BuiltIn(new LarderCacheOptions()).Select(policy => policy.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
}
