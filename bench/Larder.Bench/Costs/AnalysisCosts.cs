using Erp.Database;
using Erp.Views;
using Larder.Bench.Databases;
using Larder.Bench.Views;
using Larder.Data.Tracking;
using Larder.SqlAnalysis.Schema;
using Larder.SqlAnalysis.Statements;
using Larder.Views.Sources;
using Microsoft.Extensions.DependencyInjection;

namespace Larder.Bench.Costs;

/// <summary>The first analysis of each query of the ERP's views, by code that is compiled.</summary>
internal static class AnalysisCosts
{
    private const double MostPerText = 200_000;

    public static async Task<IReadOnlyList<CostLine>> MeasureAsync(BenchDatabase database, CostMeter meter)
    {
        await using var rig = new LarderRig(database.ConnectionString, isCold: true);
        var schema = (await rig.Services.GetRequiredService<TrackedDatabase>().Schema.GetAsync(CancellationToken.None)).Schema;
        var texts = ErpViews.All.SelectMany(view => view.Sections).Select(section => section.Source).OfType<SqlSource>()
            .Select(source => database.Kind == DatabaseKind.PostgreSql ? source.PositionalText : source.Text)
            .Distinct(StringComparer.Ordinal).ToArray();

        // Which one is slowest says one round of each; how slow it is, a measurement of its own.
        var single = texts.Select(text => new CostSubject(count => AnalyzeAsync(schema, [text], count))).ToArray();
        await new CostMeter(rounds: 1).MeasureAsync(single);
        var slowest = texts[Array.IndexOf(single, single.MaxBy(subject => subject.Samples[0].Nanoseconds))];
        var worst = new CostSubject(count => AnalyzeAsync(schema, [slowest], count));
        var all = new CostSubject(count => AnalyzeAsync(schema, texts, count));
        await meter.MeasureAsync(all, worst);
        var average = texts.Average(text => text.Length);
        return
        [
            CostLine.Of(database.Name, $"analysing a new text, mean of the {texts.Length} queries of the ERP's views ({average:0} characters)", all, MostPerText, texts.Length),
            CostLine.Of(database.Name, $"the slowest of them ({slowest.Length} characters)", worst, MostPerText),
        ];
    }

    private static Task AnalyzeAsync(SchemaModel schema, string[] texts, int count)
    {
        for (var i = 0; i < count; i++)
        {
            // A new one knows no text yet.
            var analyzer = new SqlAnalyzer(schema);
            foreach (var text in texts)
            {
                analyzer.Analyze(text);
            }
        }

        return Task.CompletedTask;
    }
}
