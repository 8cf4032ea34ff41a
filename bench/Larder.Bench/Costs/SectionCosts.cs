using Erp.Products;
using Larder.Bench.Databases;
using Larder.Bench.Views;

namespace Larder.Bench.Costs;

/// <summary>Misses of a view's SQL sections, with their reads followed and without.</summary>
internal static class SectionCosts
{
    private const double MostPerStatement = 3000;

    public static async Task<IReadOnlyList<CostLine>> MeasureAsync(BenchDatabase database, CostMeter meter)
    {
        await using var off = new LarderRig(database.ConnectionString, isCold: true, tracking: "off");
        await using var row = new LarderRig(database.ConnectionString, isCold: true, tracking: "row");
        var untracked = new CostSubject(new Reads(off, database.ProductIds).RunAsync);
        var tracked = new CostSubject(new Reads(row, database.ProductIds).RunAsync);
        await meter.MeasureAsync(untracked, tracked);
        if (off.Statistics.Hits + row.Statistics.Hits > (off.Statistics.Misses + row.Statistics.Misses) / 100)
        {
            throw new InvalidOperationException("More than a hundredth of the sections came from the cache: these are no figures of misses.");
        }

        var sections = ProductCompleteView.View.Sections.Length;
        return
        [
            CostLine.Of(database.Name, "a section of the product view, missed, not tracked", untracked, divisor: sections),
            CostLine.Beyond(database.Name, "tracking adds to it", tracked, [untracked], MostPerStatement, sections),
        ];
    }

    private sealed record Reads(LarderRig Rig, long[] Ids)
    {
        private int _next;

        // Goes on where it stopped: before a product comes again, its entries have expired.
        public async Task RunAsync(int count)
        {
            for (var i = 0; i < count; i++)
            {
                await Rig.AnswerAsync(Ids[_next]);
                _next = (_next + 1) % Ids.Length;
            }
        }
    }
}
