using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Erp;
using Erp.Database;
using Larder.Caching;
using Larder.Data;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;

namespace Larder.Bench.Workload;

/// <summary>What came of a request.</summary>
/// <param name="Body">Empty or one JSON document.</param>
internal sealed record WorkloadAnswer(int Status, ReadOnlyMemory<byte> Body)
{
    public bool IsSuccess => Status is >= 200 and < 300;

    /// <summary>The sections of the view that have a source.</summary>
    public int DataSources()
    {
        var name = "\"data_sources\":"u8;
        var from = Body.Span.LastIndexOf(name) + name.Length;
        return Utf8Parser.TryParse(Body.Span[from..], out int count, out _) ? count : throw new FormatException("The answer of a view tells no data_sources.");
    }

    /// <summary>The <c>data</c> of a view, as it stands in the response; the whole answer of one that failed.</summary>
    public string Data()
    {
        if (!IsSuccess)
        {
            return $"{Status}";
        }

        using var document = JsonDocument.Parse(Body);
        return document.RootElement.GetProperty("data").GetRawText();
    }
}

/// <summary>The whole ERP as the program composes it, in this process, under one variant and on virtual time.</summary>
internal sealed class WorkloadHost : IAsyncDisposable
{
    private const string Prefix = "/api/mobile";

    private readonly WebApplication _app;
    private readonly DirectServer _server;
    private readonly SqlDatabase[] _databases;

    private WorkloadHost(WebApplication app, DirectServer server)
    {
        (_app, _server) = (app, server);
        Cache = app.Services.GetRequiredService<LarderCache>();
        _databases = [.. app.Services.GetServices<SqlDatabase>()];
    }

    public LarderCache Cache { get; }

    /// <summary>Sections of views that came from the cache, by themselves or in a whole response.</summary>
    public long SectionHits { get; private set; }

    /// <summary>Statements that the database executed for views, probes among them.</summary>
    public long Statements => _databases.Sum(database => database.Statements);

    /// <summary>Sections that were read, as <c>Server-Timing</c> tells.</summary>
    public long SectionMisses { get; private set; }

    /// <summary>Starts over a database that is filled already.</summary>
    public static async Task<WorkloadHost> StartAsync(FreshnessVariant variant, string connectionString, WorkloadClock clock)
    {
        var server = new DirectServer();
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection([new("ConnectionStrings:Erp", connectionString), new("Larder:RequestLog:Enabled", "false")]);
        builder.Services.AddSingleton<TimeProvider>(clock);
        builder.AddErp();
        builder.Services.AddSingleton<IServer>(server);
        FreshnessVariants.Apply(variant, builder);
        var app = builder.Build();
        app.MapErp();
        if (!await app.Services.PrepareErpDatabaseAsync(CancellationToken.None))
        {
            throw new InvalidOperationException("The ERP refused its database.");
        }

        await app.StartAsync();
        return new WorkloadHost(app, server);
    }

    public Task<WorkloadAnswer> GetAsync(string target) => SendAsync(HttpMethods.Get, target, body: null);

    /// <param name="target">Path and query below the prefix of the backend.</param>
    public async Task<WorkloadAnswer> SendAsync(string method, string target, string? body)
    {
        var query = target.IndexOf('?', StringComparison.Ordinal);
        var request = new HttpRequestFeature
        {
            Method = method,
            Scheme = "http",
            Protocol = HttpProtocol.Http11,
            Path = Prefix + (query < 0 ? target : target[..query]),
            QueryString = query < 0 ? "" : target[query..],
            Headers = new HeaderDictionary { [HeaderNames.Host] = "localhost" },
        };
        if (body is not null)
        {
            var bytes = Encoding.UTF8.GetBytes(body);
            request.Body = new MemoryStream(bytes);
            request.Headers.ContentLength = bytes.Length;
            request.Headers.ContentType = "application/json";
        }

        var response = new MemoryStream();
        var features = new FeatureCollection();
        features.Set<IHttpRequestFeature>(request);
        features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(response));
        await _server.ProcessAsync(features);
        var feature = features.GetRequiredFeature<IHttpResponseFeature>();
        var answer = new WorkloadAnswer(feature.StatusCode, response.GetBuffer().AsMemory(0, (int)response.Length));
        if (HttpMethods.IsGet(method) && answer.IsSuccess)
        {
            Count(answer, feature.Headers["Server-Timing"].ToString());
        }

        return answer;
    }

    private void Count(WorkloadAnswer answer, string serverTiming)
    {
        var loaded = serverTiming.AsSpan().Count("desc=loaded");
        SectionMisses += loaded;
        SectionHits += answer.DataSources() - loaded;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
