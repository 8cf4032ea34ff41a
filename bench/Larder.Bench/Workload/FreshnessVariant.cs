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

/// <summary>The one place where a variant becomes configuration and services of a host.</summary>
internal static class FreshnessVariants
{
    private const string NotTracked = "The ERP does not run on tracked data yet: only 'none' and 'lifetime' can be run.";

    /// <summary>Why the variant cannot be run; null: it can.</summary>
    public static string? MissingBecause(FreshnessVariant variant) => variant switch
    {
        FreshnessVariant.None or FreshnessVariant.Lifetime => null,
        _ => NotTracked,
    };

    /// <summary>Sets a host up before or after its own services are added; what is set here wins.</summary>
    /// <exception cref="NotSupportedException">The variant cannot be run; see <see cref="MissingBecause"/>.</exception>
    public static void Apply(FreshnessVariant variant, WebApplicationBuilder builder)
    {
        if (MissingBecause(variant) is { } reason)
        {
            throw new NotSupportedException(reason);
        }

        builder.Configuration.AddInMemoryCollection([new("CACHE_ENABLED", variant == FreshnessVariant.None ? "false" : "true")]);
    }
}
