using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Erp.Database;
using Erp.Products;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Larder.Bench.Views;

/// <summary>
/// The HTTP side, in a process of its own: each section as an endpoint, the whole view on parallel connections, and the view by Larder,
/// cold on one port and cached on another.
/// </summary>
internal static class ViewsServer
{
    public const string Command = "views-server";
    public const string ConnectionVariable = "LARDER_BENCH_CONNECTION";

    /// <summary>Serves until its input ends. Where the database is comes in <see cref="ConnectionVariable"/>, because it may hold a password.</summary>
    public static async Task<int> RunAsync()
    {
        var connectionString = Environment.GetEnvironmentVariable(ConnectionVariable)!;
        await using var database = ErpDatabase.Open(connectionString, Path.GetTempPath(), TimeProvider.System);
        await using var handWritten = HandWritten.Open(database.Kind, connectionString);
        await using var cold = Build(database, isCold: true);
        await using var cached = Build(database, isCold: false);
        cold.MapGet("/sections/{section}/{id}", context => AnswerAsync(context, documents: 1, (id, writers) =>
            handWritten.SectionAsync(int.Parse((string)context.Request.RouteValues["section"]!, CultureInfo.InvariantCulture), id, writers[0])));
        cold.MapGet("/parallel/{id}", context => AnswerAsync(context, ProductCompleteView.View.Sections.Length, handWritten.ParallelAsync));
        cold.MapView("/view/{id}", ProductCompleteView.View);
        cached.MapView("/view/{id}", ProductCompleteView.View);
        await cold.StartAsync();
        await cached.StartAsync();
        Console.WriteLine($"{cold.Urls.Single()} {cached.Urls.Single()}");
        Console.CancelKeyPress += static (_, pressed) => pressed.Cancel = true;
        while (await Console.In.ReadLineAsync() is not null)
        {
            // Only the end of the input says something.
        }

        return 0;
    }

    private static WebApplication Build(ErpDatabase database, bool isCold)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        LarderRig.AddTo(builder.Services, database, isCold);
        return builder.Build();
    }

    /// <summary>Runs the statements into a JSON document each and puts these into one answer.</summary>
    private static async Task AnswerAsync(HttpContext context, int documents, Func<long, Utf8JsonWriter[], ValueTask> run)
    {
        var id = long.Parse((string)context.Request.RouteValues["id"]!, CultureInfo.InvariantCulture);
        var buffers = Enumerable.Range(0, documents).Select(_ => new ArrayBufferWriter<byte>(1024)).ToArray();
        var writers = buffers.Select(buffer => new Utf8JsonWriter(buffer)).ToArray();
        await run(id, writers);
        var body = new ArrayBufferWriter<byte>(4096);
        await using var whole = new Utf8JsonWriter(body);
        whole.WriteStartArray();
        for (var i = 0; i < writers.Length; i++)
        {
            await writers[i].DisposeAsync();
            whole.WriteRawValue(buffers[i].WrittenSpan, skipInputValidation: true);
        }

        whole.WriteEndArray();
        await whole.FlushAsync();
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.ContentLength = body.WrittenCount;
        await context.Response.BodyWriter.WriteAsync(body.WrittenMemory);
    }
}
