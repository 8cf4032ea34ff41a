using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;

namespace Larder.Bench.Workload;

/// <summary>How the ERP keeps what it cached current; the workload runs the same under each.</summary>
internal enum FreshnessVariant
{
    /// <summary>Nothing is stored.</summary>
    None,

    /// <summary>Sections live as long as their policy says; no write touches them.</summary>
    Lifetime,

    /// <summary>A committed write drops every section that read one of its tables.</summary>
    Table,

    /// <summary>A committed write drops the sections whose rows it may have touched.</summary>
    Row,
}

/// <summary>The one place where a variant becomes configuration of a host.</summary>
internal static class FreshnessVariants
{
    /// <summary>Sets a host up before or after its own services are added; what is set here wins.</summary>
    public static void Apply(FreshnessVariant variant, WebApplicationBuilder builder) => builder.Configuration.AddInMemoryCollection(
    [
        new("CACHE_ENABLED", variant == FreshnessVariant.None ? "false" : "true"),
        new("Larder:Tracking", variant switch
        {
            FreshnessVariant.Table => "table",
            FreshnessVariant.Row => "row",
            _ => "off",
        }),
    ]);
}
