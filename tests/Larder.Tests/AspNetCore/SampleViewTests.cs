using Larder.Tests.Data;
using Larder.Tests.Views;
using Larder.Views;
using Larder.Views.Sources;
using Microsoft.AspNetCore.Builder;

namespace Larder.Tests.AspNetCore;

/// <summary>The sample of docs/guides/views.md, compiled and run. A test below holds the two together.</summary>
public sealed class SampleViewTests
{
    [Fact]
    public async Task Sample_Mapped_Answers()
    {
        using var database = new SqliteTestDatabase(Shop.Schema);
        await using var host = await WebHost.StartAsync(app => Map(app), configure: null, database.ForViews);

        var (_, body) = await host.GetAsync("/products/1/card");

        Assert.StartsWith(
            """{"success":true,"data":{"product":{"id":1,"name":"Hammer","price":12.5},"reviews":{"items":[5,4],"count":2},"similar":["Saw"]},"metadata":{"cached":false,"data_sources":3,"generated_at":""", body);
    }

    [Fact]
    public void Guide_Sample_IsTheOneCompiledHere()
    {
        var guide = File.ReadAllText(House.Repository.PathTo("docs/guides/views.md"));
        var code = File.ReadAllText(House.Repository.PathTo("tests/Larder.Tests/AspNetCore/SampleViewTests.cs"));

        var sample = Between(code, "// sample\n", "// end of sample");
        Assert.Contains(Unindented(sample), guide, StringComparison.Ordinal);
        Assert.InRange(sample.Split('\n').Length - 1, 10, 18);
    }

    private static void Map(WebApplication app)
    {
        // sample
        app.MapView("/products/{id}/card", "product-card", view => view
            .Parameter<long>("id")
            .Parameter("include_reviews", defaultValue: true)
            .Policy("product")
            .Tag("product:{id}")
            .Required("product", Sql.Row<Product>("SELECT id, name, price FROM products WHERE id = @id"))
            .Optional(
                "reviews",
                Sql.Rows<int>("SELECT rating FROM reviews WHERE product_id = @id ORDER BY id").Select(items => new Reviews(items, items.Count)),
                section => section.When("include_reviews").Timeout(TimeSpan.FromSeconds(1)))
            .Optional(
                "similar",
                Sql.Rows<string>("SELECT name FROM products WHERE category = (SELECT category FROM products WHERE id = @id) AND id <> @id ORDER BY id")));
        // end of sample
    }

    private static string Between(string text, string start, string end)
    {
        var from = text.IndexOf(start, StringComparison.Ordinal) + start.Length;
        return text[from..text.IndexOf(end, from, StringComparison.Ordinal)].TrimEnd(' ');
    }

    private static string Unindented(string code) => string.Join('\n', code.Split('\n').Select(line => line.StartsWith("        ", StringComparison.Ordinal) ? line[8..] : line));

    private sealed record Product(long Id, string Name, decimal Price);

    private sealed record Reviews(IReadOnlyList<int> Items, int Count);
}
