using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Larder.Caching;
using Larder.Data;
using Larder.Freshness;
using Larder.Views;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;

namespace Larder.Tests.Views;

/// <summary>Views in a host without a web server: they are called with query strings, on a clock that the test moves.</summary>
internal sealed class ViewHost : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    public ViewHost(params SqlDatabase[] databases)
        : this(configure: null, databases)
    {
    }

    public ViewHost(Action<IServiceCollection>? configure, params SqlDatabase[] databases)
    {
        var services = new ServiceCollection().AddSingleton<TimeProvider>(Time).AddLarder();
        foreach (var database in databases)
        {
            services.AddSingleton(database);
        }

        configure?.Invoke(services);
        _services = services.BuildServiceProvider();
    }

    public ManualTimeProvider Time { get; } = new();

    public LarderCache Cache => _services.GetRequiredService<LarderCache>();

    public InvalidationPublisher Publisher => _services.GetRequiredService<InvalidationPublisher>();

    public ViewExecutor Executor => _services.GetRequiredService<ViewExecutor>();

    /// <summary>Calls a view with parameters such as <c>id=1&amp;limit=5</c>.</summary>
    public async Task<ViewResult> GetAsync(View view, string query = "", CancellationToken cancellationToken = default)
    {
        Executor.Check(view);
        var arguments = Bind(view, Time, query, out var errors);
        Assert.Empty(errors);
        return await Executor.ExecuteAsync(arguments, cancellationToken).AsTask().Soon();
    }

    public static ViewArguments Bind(View view, TimeProvider time, string query, out Dictionary<string, string[]> errors)
    {
        var given = QueryHelpers.ParseQuery(query);
        return ViewArgumentsBinder.Bind(view, time, name => given.TryGetValue(name, out var texts) ? texts.ToArray() : [], out errors);
    }

    /// <summary>The whole response.</summary>
    public string TextOf(ViewResult result)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        ViewJsonWriter.Write(buffer, result, Executor.Options.Json, result.IsCached);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>The response's data.</summary>
    public JsonNode DataOf(ViewResult result) => JsonNode.Parse(TextOf(result))!["data"]!;

    /// <summary>The response's data as compact text, which reads well in an assertion.</summary>
    public string DataTextOf(ViewResult result) => DataOf(result).ToJsonString(new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>The failed sections, as <c>reviews:error</c>.</summary>
    public static string ErrorsOf(ViewResult result) =>
        string.Join(' ', result.Runs.Where(run => run.Failure is not null).Select(run => $"{run.Section.Name}:{run.Failure!.Reason}"));

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
