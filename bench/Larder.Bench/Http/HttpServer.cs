using System.Globalization;
using System.Text.Json;
using Larder.Caching;
using Larder.Views.Sources;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Larder.Bench.Http;

/// <summary>One way of answering, in a process of its own. It tells its address, then for each line of input how many bytes it has allocated so far.</summary>
internal static class HttpServer
{
    public const string Command = "http-server";
    public const string Raw = "raw";
    public const string Routed = "routed";
    public const string OutputCache = "output-cache";
    public const string MemoryCache = "memory-cache";
    public const string Larder = "larder";

    private const string Policy = CachePolicies.Default;

    private static readonly TimeSpan ForTheWholeRun = TimeSpan.FromDays(1);

    /// <summary>Sizes of the bodies, in bytes, about.</summary>
    public static IReadOnlyList<int> Sizes { get; } = [500, 5_000, 50_000];

    /// <param name="kind">One of the constants here.</param>
    /// <param name="recorded">The file of what to answer; empty for Larder, which makes its answers.</param>
    public static async Task<int> RunAsync(string kind, string recorded)
    {
        var answers = recorded.Length > 0 ? await RecordedAnswer.LoadAsync(recorded) : [];
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        AddServices(kind, builder.Services);
        await using var app = builder.Build();
        Map(kind, app, answers);
        await app.StartAsync();
        Console.WriteLine(app.Urls.Single());
        Console.CancelKeyPress += static (_, pressed) => pressed.Cancel = true;

        // On a thread of its own: reading the console blocks even when it is awaited, and a pool that has one core has one thread until it
        // notices, which leaves requests without any for half a second.
        await Task.Factory.StartNew(AnswerQuestions, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        return 0;
    }

    private static void AnswerQuestions()
    {
        while (Console.In.ReadLine() is not null)
        {
            Console.WriteLine(GC.GetTotalAllocatedBytes(precise: true).ToString(CultureInfo.InvariantCulture));
        }
    }

    private static void AddServices(string kind, IServiceCollection services)
    {
        switch (kind)
        {
            case OutputCache:
                services.AddOutputCache(options => options.DefaultExpirationTimeSpan = ForTheWholeRun);
                break;
            case MemoryCache:
                services.AddMemoryCache();
                break;
            case Larder:
                services.AddLarder(options => options.Policies[Policy] = new CachePolicyOptions { Duration = ForTheWholeRun });
                break;
        }
    }

    private static void Map(string kind, WebApplication app, RecordedAnswer[] answers)
    {
        switch (kind)
        {
            case Raw:
                var byPath = answers.ToDictionary(answer => answer.Path, AnswerReplay.Of, StringComparer.Ordinal);
                app.Run(context => byPath[context.Request.Path.Value!](context));
                break;
            case Routed:
                foreach (var answer in answers)
                {
                    app.MapGet(answer.Path, AnswerReplay.Of(answer));
                }

                break;
            case OutputCache:
                // OutputCache adds an Age to what it has kept: with none in the answer itself, it proves a hit.
                app.UseOutputCache();
                foreach (var answer in answers)
                {
                    app.MapGet(answer.Path, AnswerReplay.Of(answer.Without("Age"))).CacheOutput();
                }

                break;
            case MemoryCache:
                MapMemoryCache(app);
                break;
            case Larder:
                MapLarder(app);
                break;
            default:
                throw new InvalidOperationException($"There is no server '{kind}'.");
        }
    }

    private static void MapMemoryCache(WebApplication app)
    {
        var cache = app.Services.GetRequiredService<IMemoryCache>();
        foreach (var size in Sizes)
        {
            app.MapGet($"/{size}", context =>
            {
                var page = cache.GetOrCreate(size, entry =>
                {
                    entry.AbsoluteExpirationRelativeToNow = ForTheWholeRun;
                    return CatalogPage.OfSize(size);
                })!;
                context.Response.Headers.CacheControl = "no-cache";
                return context.Response.WriteAsJsonAsync(page, JsonSerializerOptions.Web, context.RequestAborted);
            });
        }
    }

    private static void MapLarder(WebApplication app)
    {
        foreach (var size in Sizes)
        {
            app.MapView($"/{size}", $"catalog-{size}", view => view
                .Policy(Policy)
                .Required("page", Code.Ask<CatalogPage>((_, _) => ValueTask.FromResult<CatalogPage?>(CatalogPage.OfSize(size)))));
        }
    }
}
