using Erp.Products;
using Larder.Bench.Databases;
using Larder.Bench.Views;
using Larder.Caching;
using Larder.Views;
using Larder.Views.Sources;
using Microsoft.Extensions.DependencyInjection;

namespace Larder.Bench.Costs;

/// <summary>Misses of a view with one small SQL section, with its reads followed and without: a larger one would hide what is looked for.</summary>
internal static class SectionCosts
{
    private const double MostPerStatement = 3000;

    // Far more than are read before an entry expires. Most have no rows, which is a result like any other.
    private const int Ids = 10_000;

    private static readonly View Images = View.Create("costs-images")
        .Parameter<long>("id")
        .Policy(CachePolicies.Product)
        .Optional("images", Sql.Rows<ProductImage>(ProductImage.Query))
        .Build();

    public static async Task<IReadOnlyList<CostLine>> MeasureAsync(BenchDatabase database, CostMeter meter)
    {
        await using var off = new LarderRig(database.ConnectionString, isCold: true, tracking: "off");
        await using var row = new LarderRig(database.ConnectionString, isCold: true, tracking: "row");
        var untracked = new CostSubject(new Reads(off.Services.GetRequiredService<ViewExecutor>()).RunAsync);
        var tracked = new CostSubject(new Reads(row.Services.GetRequiredService<ViewExecutor>()).RunAsync);
        await meter.MeasureAsync(untracked, tracked);
        if (off.Statistics.Hits + row.Statistics.Hits > 0)
        {
            throw new InvalidOperationException("Some sections came from the cache: these are no figures of misses.");
        }

        return
        [
            CostLine.Of(database.Name, "a view of one section, missed, not tracked", untracked),
            CostLine.Beyond(database.Name, "tracking adds to it", tracked, [untracked], MostPerStatement),
        ];
    }

    private sealed class Reads(ViewExecutor executor)
    {
        private int _next;

        // Goes on where it stopped: before an id comes again, its entry has expired.
        public async Task RunAsync(int count)
        {
            for (var i = 0; i < count; i++)
            {
                _next = (_next % Ids) + 1;
                var result = await executor.ExecuteAsync(Statement.ArgumentsOf(Images, _next), CancellationToken.None);
                if (!result.IsComplete)
                {
                    throw new InvalidOperationException("The section was not read.");
                }
            }
        }
    }
}
