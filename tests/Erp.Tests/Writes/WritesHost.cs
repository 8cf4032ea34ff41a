using System.Data.Common;
using System.Globalization;
using System.Net;
using System.Text;
using Dapper;
using Erp.Database;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Erp.Tests.Writes;

/// <summary>The whole ERP, as the program composes it, over a database of its own.</summary>
internal sealed class WritesHost : IAsyncDisposable
{
    public const string Prefix = "/api/mobile";

    private readonly WebApplication _app;

    private WritesHost(WebApplication app, ErpDatabase database, TestClock clock)
    {
        _app = app;
        Database = database;
        Clock = clock;
        Client = app.GetTestClient();
    }

    public ErpDatabase Database { get; }

    public TestClock Clock { get; }

    public HttpClient Client { get; }

    public IServiceProvider Services => _app.Services;

    public static async Task<WritesHost> StartAsync(WritesTemplates templates, Db kind, params (string Name, string Value)[] settings) =>
        await StartAsync(await templates.CopyAsync(kind), settings);

    public static async Task<WritesHost> StartAsync(string connectionString, params (string Name, string Value)[] settings)
    {
        var clock = new TestClock();
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(settings
            .Append(("ConnectionStrings:Erp", connectionString))
            .Append(("Larder:RequestLog:Enabled", "false"))
            .Select(pair => KeyValuePair.Create(pair.Item1, (string?)pair.Item2)));
        builder.Services.AddSingleton<TimeProvider>(clock);
        builder.AddErp();
        var app = builder.Build();
        app.MapErp();
        await app.StartAsync();
        return new WritesHost(app, app.Services.GetRequiredService<ErpDatabase>(), clock);
    }

    public Task<WriteAnswer> PostAsync(string path, string json, string? key = null) => SendAsync(HttpMethod.Post, path, json, key);

    public Task<WriteAnswer> PutAsync(string path, string json) => SendAsync(HttpMethod.Put, path, json, key: null);

    public async Task<WriteAnswer> SendAsync(HttpMethod method, string path, string json, string? key)
    {
        using var request = new HttpRequestMessage(method, Prefix + path) { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        if (key is not null)
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        return await SendAsync(request);
    }

    public async Task<WriteAnswer> SendAsync(HttpRequestMessage request)
    {
        using var response = await Client.SendAsync(request);
        return await WriteAnswer.ReadAsync(response);
    }

    /// <summary>Sends what must be refused, and makes sure that no row of any table is different afterwards.</summary>
    public async Task<WriteAnswer> RefusedAsync(HttpStatusCode status, HttpMethod method, string path, string json, string? key = null)
    {
        var before = await ContentAsync();
        var answer = await SendAsync(method, path, json, key);
        answer.Expect(status);
        Assert.Equal(before, await ContentAsync());
        return answer;
    }

    /// <summary>Takes an order of one product that must succeed.</summary>
    public async Task<long> OrderAsync(long productId, int quantity, long customerId = WritesData.Customer)
    {
        var answer = await PostAsync(
            "/orders/create", $$"""{"customer_id":{{customerId}},"items":[{"product_id":{{productId}},"quantity":{{quantity}}}]}""");
        return answer.Expect(HttpStatusCode.Created).Body.GetProperty("order").GetProperty("id").GetInt64();
    }

    /// <summary>Takes an order of one product and moves it to a status.</summary>
    public async Task<long> OrderInStatusAsync(string status, long productId = WritesData.Lamp, int quantity = 2)
    {
        var id = await OrderAsync(productId, quantity);
        if (status != "pending")
            (await PutAsync($"/orders/{id}/status", $$"""{"status":"{{status}}"}""")).Expect(HttpStatusCode.OK);
        return id;
    }

    public async Task<T> ValueAsync<T>(string sql, object? parameters = null)
    {
        await using var connection = await Database.DataSource.OpenConnectionAsync();
        return await connection.QuerySingleAsync<T>(sql, parameters);
    }

    public async Task<IReadOnlyList<T>> RowsAsync<T>(string sql)
    {
        await using var connection = await Database.DataSource.OpenConnectionAsync();
        return (await connection.QueryAsync<T>(sql)).AsList();
    }

    /// <summary>On hand and reserved by warehouse: <c>1:5/2 2:3/0</c>.</summary>
    public async Task<string> StockAsync(long productId)
    {
        var rows = await RowsAsync<(long Warehouse, long OnHand, long Reserved)>(
            $"SELECT warehouse_id, quantity_on_hand, quantity_reserved FROM inventory WHERE product_id = {productId} ORDER BY warehouse_id");
        return string.Join(' ', rows.Select(row => $"{row.Warehouse}:{row.OnHand}/{row.Reserved}"));
    }

    /// <summary>Every row of every table, in one text.</summary>
    public async Task<string> ContentAsync()
    {
        await using var connection = await Database.DataSource.OpenConnectionAsync();
        var tables = (await connection.QueryAsync<string>(Database.Kind == DatabaseKind.Sqlite
            ? "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
            : "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY table_name")).AsList();
        Assert.Contains("orders", tables);
        var content = new StringBuilder();
        foreach (var table in tables)
            content.AppendLine(table).AppendJoin('\n', await LinesAsync(connection, table)).AppendLine();
        return content.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
        await Database.DisposeAsync();
    }

    private static async Task<List<string>> LinesAsync(DbConnection connection, string table)
    {
        var lines = new List<string>();
        await using var reader = await connection.ExecuteReaderAsync($"SELECT * FROM {table}");
        var values = new object[reader.FieldCount];
        while (await reader.ReadAsync())
        {
            reader.GetValues(values);
            lines.Add(string.Join('|', values.Select(value => Convert.ToString(value, CultureInfo.InvariantCulture))));
        }
        lines.Sort(StringComparer.Ordinal);
        return lines;
    }
}
