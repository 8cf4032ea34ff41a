using System.Net;
using System.Text.Json;
using Larder.Views.Sources;

namespace Larder.Views.Execution;

/// <summary>Reads HTTP sections through named clients, each with its own retries and circuit breaker.</summary>
internal sealed class HttpSectionLoader(IHttpClientFactory clients, HttpSourcePipelines pipelines, ViewOptions options, TimeProvider time)
{
    public async Task LoadAsync(SectionLoad load)
    {
        var source = (HttpSource)load.Section.Source;
        using var timer = new CancellationTokenSource(load.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, load.Abandoned);
        try
        {
            var pipeline = pipelines.Get(source.Client);
            var path = source.PathFor(load.Inputs);
            using var response = await pipeline.ExecuteAsync(
                async token => await clients.CreateClient(source.Client).GetAsync(path, HttpCompletionOption.ResponseContentRead, token).ConfigureAwait(false),
                either.Token).ConfigureAwait(false);
            if (response.StatusCode == HttpStatusCode.NotFound)
            {
                load.Succeed(null);
                return;
            }

            response.EnsureSuccessStatusCode();
            var body = await response.Content.ReadAsByteArrayAsync(either.Token).ConfigureAwait(false);
            load.Succeed(JsonSerializer.Deserialize(body, source.ResultType, options.Json));
        }
        catch (Exception exception) when (!load.IsDone)
        {
            load.Fail(SectionFailure.Of(exception, timer.IsCancellationRequested));
        }
    }
}
