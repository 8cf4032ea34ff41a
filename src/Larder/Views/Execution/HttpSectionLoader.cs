using System.Net;
using System.Text.Json;
using Larder.Views.Sources;

namespace Larder.Views.Execution;

/// <summary>Reads HTTP sections through named clients, each with its own retries and circuit breaker.</summary>
internal sealed class HttpSectionLoader(IHttpClientFactory clients, HttpSourcePipelines pipelines, ViewOptions options, TimeProvider time)
{
    public bool Has(string client) => pipelines.Has(client);

    public async Task LoadAsync(SectionLoad load)
    {
        var source = (HttpSource)load.Section.Source;
        using var timer = new CancellationTokenSource(load.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, load.Abandoned);
        try
        {
            load.Succeed(source.PathFor(load.Inputs) is { } path ? await GetAsync(source, path, either.Token).ConfigureAwait(false) : null);
        }
        catch (Exception exception) when (!load.IsDone)
        {
            load.Fail(SectionFailure.Of(exception, timer.IsCancellationRequested));
        }
    }

    private async Task<object?> GetAsync(HttpSource source, string path, CancellationToken cancellationToken)
    {
        using var response = await pipelines.Get(source.Client).ExecuteAsync(
            async token => await clients.CreateClient(source.Client).GetAsync(path, HttpCompletionOption.ResponseContentRead, token).ConfigureAwait(false),
            cancellationToken).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }

        response.EnsureSuccessStatusCode();
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        return JsonSerializer.Deserialize(body, source.ResultType, options.Json);
    }
}
