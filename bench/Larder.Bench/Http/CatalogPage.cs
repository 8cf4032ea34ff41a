namespace Larder.Bench.Http;

/// <summary>What the measured endpoints answer: a page of products as an API would send it, made anew the same from its size.</summary>
internal sealed record CatalogPage(IReadOnlyList<CatalogProduct> Products)
{
    private const int BytesOfAProduct = 141;
    private const int Seed = 42;

    private static readonly string[] Adjectives = ["Classic", "Deep", "Light", "Mountain", "Silver", "Touring", "Urban", "Winter"];
    private static readonly string[] Nouns = ["Bottle Cage", "Chain", "Fork", "Handlebars", "Helmet", "Pedal", "Saddle", "Wheel"];
    private static readonly string[] Categories = ["accessories", "bikes", "clothing", "components"];

    /// <summary>A page of about so many bytes of JSON.</summary>
    public static CatalogPage OfSize(int bytes)
    {
        var random = new Random(Seed);
        return new CatalogPage([.. Enumerable.Range(1, Math.Max(1, bytes / BytesOfAProduct)).Select(id => new CatalogProduct(
            id,
            $"{Pick(Adjectives, random)} {Pick(Nouns, random)} {random.Next(100, 1000)}",
            $"{(char)('A' + random.Next(26))}{(char)('A' + random.Next(26))}-{random.Next(1000, 10_000)}-{random.Next(10, 100)}",
            Pick(Categories, random),
            random.Next(100, 200_000) / 100m,
            random.Next(0, 500),
            random.Next(8) > 0,
            Math.Round(1 + (4 * random.NextDouble()), 1)))]);
    }

    private static string Pick(string[] from, Random random) => from[random.Next(from.Length)];
}

/// <summary>One of its products.</summary>
internal sealed record CatalogProduct(int Id, string Name, string Sku, string Category, decimal Price, int Available, bool IsActive, double Rating);
