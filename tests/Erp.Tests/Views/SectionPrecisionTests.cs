using Erp.Database;
using Erp.Views;
using Larder.SqlAnalysis.Schema;
using Larder.SqlAnalysis.Statements;
using Larder.Views;
using Larder.Views.Sources;

namespace Erp.Tests.Views;

/// <summary>
/// How closely the analysis knows what each section reads. The tables below are those that a write endpoint changes and a section still reads as a whole, each
/// with a cost: every such write drops the section for everybody. A line that appears makes the cache worse; one that goes is to be taken out.
/// </summary>
public sealed class SectionPrecisionTests(ITestOutputHelper output)
{
    private static readonly string[] Written =
    [
        "products", "inventory", "product_prices", "product_reviews", "customers", "orders", "order_items", "invoices", "payments", "deliveries",
    ];

    // Of what is looked up, more values than have tags make the table a whole one all the same, as all products that have a price.
    private static readonly string[] ReadAsAWhole =
    [
        "home.featured_products: products", "home.featured_products: product_reviews",
        "home.new_arrivals: products",
    ];

    [Theory]
    [BothDatabases]
    public async Task Sections_OfAllViews_ReadNoMoreAsAWholeThanIsKnown(TestDatabaseKind kind)
    {
        await using var erp = await ErpTestDatabase.CreateAsync(kind, TestContent.Demo);
        await using var connection = await erp.Database.DataSource.OpenConnectionAsync();
        var declarations = ErpTracking.Declarations(erp.Database.Kind);
        var model = kind == TestDatabaseKind.Sqlite
            ? await SqliteSchemaReader.ReadAsync(connection, "erp", declarations)
            : await PostgreSqlSchemaReader.ReadAsync(connection, "erp", declarations);
        var analyzer = new SqlAnalyzer(model);
        var wholes = new List<string>();
        foreach (var view in ErpViews.All)
        {
            foreach (var section in view.Sections)
            {
                if (section.Source is SqlSource source)
                    wholes.AddRange(Judge(analyzer, view, section, source));
            }
        }

        Assert.Equal(ReadAsAWhole.Order(StringComparer.Ordinal), wholes.Distinct().Order(StringComparer.Ordinal));
    }

    private IEnumerable<string> Judge(SqlAnalyzer analyzer, View view, Section section, SqlSource source)
    {
        var text = analyzer.Analyze(source.Text);
        Assert.True(text.IsCacheable, $"{view.Name}.{section.Name}: {text.NotCacheable}");
        foreach (var read in text.Statements[0].Reads)
        {
            var table = read.Relation.Definition.Name;
            output.WriteLine($"{view.Name}.{section.Name,-20} {table,-18} {read.Alias,-4} {read.Level,-6} {read.Because}");
            if (read.Level == ReadLevel.Table && Written.Contains(table))
                yield return $"{view.Name}.{section.Name}: {table}";
        }
    }
}
