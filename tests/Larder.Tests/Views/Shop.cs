using Larder.Views;
using Larder.Views.Sources;

namespace Larder.Tests.Views;

/// <summary>A few products and a view of one, for tests on either database.</summary>
internal static class Shop
{
    public const string Schema = """
        CREATE TABLE products (id INTEGER PRIMARY KEY, name TEXT NOT NULL, category TEXT, price INTEGER NOT NULL);
        CREATE TABLE reviews (id INTEGER PRIMARY KEY, product_id INTEGER NOT NULL, rating INTEGER NOT NULL);
        INSERT INTO products VALUES (1, 'Hammer', 'tools', 125000), (2, 'Saw', 'tools', 300000), (3, 'Rope', NULL, 50000);
        INSERT INTO reviews VALUES (1, 1, 5), (2, 1, 4), (3, 2, 3);
        """;

    public static View Product { get; } = View.Create("product")
        .Parameter<long>("id")
        .Parameter("include_reviews", defaultValue: true)
        .Required("product", Sql.Row<ProductRow>("SELECT id, name, category, price FROM products WHERE id = @id"))
        .Optional("reviews", Sql.Rows<int>("SELECT rating FROM reviews WHERE product_id = @id ORDER BY id"), section => section.When("include_reviews"))
        .Optional("similar", Sql.Rows<string>("SELECT name FROM products WHERE category = @category AND id <> @id ORDER BY id")
            .From("category", "product", (ProductRow product) => product.Category))
        .Build();

    internal sealed record ProductRow(long Id, string Name, string? Category, decimal Price);
}
