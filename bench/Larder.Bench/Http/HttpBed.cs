using System.Globalization;
using System.Text.Json;
using Larder.Bench.Processes;

namespace Larder.Bench.Http;

/// <summary>
/// All servers of a run: (1) Larder starts and is asked; (2) what it answered is what the others answer; (3) they start, each pinned to
/// the servers' core; one at a time is asked.
/// </summary>
internal sealed class HttpBed : IAsyncDisposable
{
    private const int ServerCore = 0;
    private const string CacheStatusHeader = "X-Cache: HIT";

    private readonly Stack<IAsyncDisposable> _owned = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("larder-bench-http-");
    private readonly List<HttpVariant> _variants = [];
    private readonly List<string> _missing = [];
    private readonly HttpClient _client = new();

    private HttpBed()
    {
    }

    public IReadOnlyList<HttpVariant> Variants => _variants;

    /// <summary>What cannot be measured here, and why.</summary>
    public IReadOnlyList<string> Missing => _missing;

    public static async Task<HttpBed> StartAsync(HttpOptions options, CancellationToken cancellationToken)
    {
        var bed = new HttpBed();
        try
        {
            await bed.BuildAsync(options.Sizes, cancellationToken);
            bed.Keep(options.Only);
            foreach (var variant in bed._variants)
            {
                await variant.CheckAsync(bed._client, cancellationToken);
            }

            return bed;
        }
        catch
        {
            await bed.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        while (_owned.TryPop(out var owned))
        {
            await owned.DisposeAsync();
        }

        _client.Dispose();
        _folder.Delete(recursive: true);
    }

    /// <summary>Keeps the variants with the text in their names, and all that they are compared with.</summary>
    private void Keep(string? text)
    {
        if (text is not null)
        {
            var kept = _variants.Where(variant => variant.Name.Contains(text, StringComparison.OrdinalIgnoreCase)).ToArray();
            _variants.RemoveAll(variant => !kept.Contains(variant) && !kept.Any(other => ReferenceEquals(other.Baseline, variant)));
        }
    }

    private async Task BuildAsync(IReadOnlyList<int> sizes, CancellationToken cancellationToken)
    {
        var larder = await StartServerAsync(HttpServer.Larder, recorded: "", cancellationToken);
        var recorded = await RecordAsync(larder, sizes, cancellationToken);
        var file = Path.Combine(_folder.FullName, "answers.json");
        await RecordedAnswer.SaveAsync(recorded, file, cancellationToken);
        var raw = await StartServerAsync(HttpServer.Raw, file, cancellationToken);
        var routed = await StartServerAsync(HttpServer.Routed, file, cancellationToken);
        var routedAgain = await StartServerAsync(HttpServer.Routed, file, cancellationToken);
        var outputCache = await StartServerAsync(HttpServer.OutputCache, file, cancellationToken);
        var memoryCache = await StartServerAsync(HttpServer.MemoryCache, file, cancellationToken);
        var nginx = await PrivateNginx.StartAsync(AddressOf(routed), ServerCore, cancellationToken);
        if (nginx is null)
        {
            _missing.Add("nginx: it is not installed.");
        }
        else
        {
            _owned.Push(nginx);
        }

        foreach (var size in sizes)
        {
            var answer = recorded.Single(answer => answer.Path == PathOf(size));
            var baseline = Add("routed RequestDelegate (baseline)", routed, size, answer.Body);
            Add("the same in a second process (noise)", routedAgain, size, answer.Body, baseline);
            Add("raw middleware", raw, size, answer.Body, baseline);
            Add("OutputCache", outputCache, size, answer.Body, baseline, proof: "Age:");
            Add("IMemoryCache and serialization", memoryCache, size, JsonSerializer.SerializeToUtf8Bytes(CatalogPage.OfSize(size), JsonSerializerOptions.Web), baseline);
            if (nginx is not null)
            {
                _variants.Add(new HttpVariant("nginx proxy_cache", size, new Uri(nginx.Address, PathOf(size)), NoHeaders, 200, answer.Body, () => nginx.Cpu, AllocatedBytes: null)
                {
                    Baseline = baseline,
                    Proof = CacheStatusHeader,
                });
            }

            AddLarder(larder, (routed, routedAgain), size, answer, recorded.SingleOrDefault(answer => answer.Path == RecordedAnswer.BrotliPrefix + PathOf(size)), baseline);
        }
    }

    private void AddLarder(ChildProcess larder, (ChildProcess First, ChildProcess Second) routed, int size, RecordedAnswer answer, RecordedAnswer? brotli, HttpVariant baseline)
    {
        // A body that says when it was generated is checked by its length; one that is served from a cache of responses, byte by byte.
        Add("Larder, hit", larder, size, answer.ETag is null ? null : answer.Body, baseline);
        if (brotli is not null)
        {
            var brotliBaseline = Add("routed RequestDelegate, br (baseline of the next)", routed.First, size, brotli.Body, prefix: RecordedAnswer.BrotliPrefix, headers: AcceptBrotli);
            Add("the same in a second process, br (noise)", routed.Second, size, brotli.Body, brotliBaseline, prefix: RecordedAnswer.BrotliPrefix, headers: AcceptBrotli);
            Add("Larder, hit, br", larder, size, brotli.Body, brotliBaseline, headers: AcceptBrotli);
        }

        if (answer.ETag is { } tag)
        {
            Add("Larder, 304", larder, size, [], baseline, headers: new Dictionary<string, string>(StringComparer.Ordinal) { ["If-None-Match"] = tag }, status: 304);
        }
    }

    /// <summary>Asks until the compressed form is there, which may be made in the background after the first answer.</summary>
    private async Task<List<RecordedAnswer>> RecordAsync(ChildProcess larder, IReadOnlyList<int> sizes, CancellationToken cancellationToken)
    {
        const int Attempts = 40;
        var pause = TimeSpan.FromMilliseconds(50);
        var recorded = new List<RecordedAnswer>();
        foreach (var size in sizes)
        {
            var address = new Uri(AddressOf(larder), PathOf(size));
            await RecordedAnswer.AskAsync(_client, address, "", acceptEncoding: null, cancellationToken);
            var answer = await RecordedAnswer.AskAsync(_client, address, PathOf(size), acceptEncoding: null, cancellationToken);
            recorded.Add(answer);
            RecordedAnswer? brotli = null;
            for (var attempt = 0; attempt < Attempts && brotli?.IsBrotli != true; attempt++)
            {
                await Task.Delay(pause, TimeProvider.System, cancellationToken);
                brotli = await RecordedAnswer.AskAsync(_client, address, RecordedAnswer.BrotliPrefix + PathOf(size), "br", cancellationToken);
            }

            if (brotli!.IsBrotli)
            {
                recorded.Add(brotli);
            }
            else
            {
                _missing.Add($"Larder, br, {size} bytes: it answered without Content-Encoding: br.");
            }

            if (answer.ETag is null)
            {
                _missing.Add($"Larder, 304, {size} bytes: it sent no ETag.");
            }
        }

        return recorded;
    }

    private HttpVariant Add(
        string name, ChildProcess server, int size, byte[]? body, HttpVariant? baseline = null, string prefix = "", IReadOnlyDictionary<string, string>? headers = null, int status = 200, string? proof = null)
    {
        var variant = new HttpVariant(
            name,
            size,
            new Uri(AddressOf(server), prefix + PathOf(size)),
            headers ?? NoHeaders,
            status,
            body,
            () => CpuReading.Of(server.Id),
            async cancellationToken => long.Parse(await server.AskAsync("allocated", cancellationToken), CultureInfo.InvariantCulture))
        {
            Baseline = baseline,
            Proof = proof,
        };
        _variants.Add(variant);
        return variant;
    }

    private async Task<ChildProcess> StartServerAsync(string kind, string recorded, CancellationToken cancellationToken)
    {
        var server = await ChildProcess.StartAsync(
            [HttpServer.Command, kind, recorded], new Dictionary<string, string>(StringComparer.Ordinal), cancellationToken, ServerCore);
        _owned.Push(server);
        return server;
    }

    private static IReadOnlyDictionary<string, string> NoHeaders { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    private static IReadOnlyDictionary<string, string> AcceptBrotli { get; } = new Dictionary<string, string>(StringComparer.Ordinal) { ["Accept-Encoding"] = "br" };

    private static Uri AddressOf(ChildProcess server) => new(server.Ready);

    private static string PathOf(int size) => string.Create(CultureInfo.InvariantCulture, $"/{size}");
}
