using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;

namespace Larder.Bench.Workload;

/// <summary>A server without a network: a request is a call of the application's pipeline, so that what is measured is the application.</summary>
internal sealed class DirectServer : IServer
{
    private Func<IFeatureCollection, Task>? _process;

    public IFeatureCollection Features { get; } = new FeatureCollection();

    public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
        where TContext : notnull
    {
        _process = features => ProcessAsync(application, features);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task ProcessAsync(IFeatureCollection features) =>
        _process?.Invoke(features) ?? throw new InvalidOperationException("The application has not started.");

    public void Dispose()
    {
        // Holds nothing.
    }

    private static async Task ProcessAsync<TContext>(IHttpApplication<TContext> application, IFeatureCollection features)
        where TContext : notnull
    {
        var response = new DirectResponse();
        features.Set<IHttpResponseFeature>(response);
        var context = application.CreateContext(features);
        try
        {
            await application.ProcessRequestAsync(context);
            await features.GetRequiredFeature<IHttpResponseBodyFeature>().CompleteAsync();
            application.DisposeContext(context, exception: null);
        }
        catch (Exception exception)
        {
            application.DisposeContext(context, exception);
            throw;
        }
        finally
        {
            await response.CompleteAsync();
        }
    }

    /// <summary>Runs what waits for the end of the response, such as the end of the request's service scope.</summary>
    private sealed class DirectResponse : HttpResponseFeature
    {
        private readonly Stack<(Func<object, Task> Callback, object State)> _completed = [];

        public override void OnCompleted(Func<object, Task> callback, object state) => _completed.Push((callback, state));

        public async Task CompleteAsync()
        {
            while (_completed.TryPop(out var waiting))
            {
                await waiting.Callback(waiting.State);
            }
        }
    }
}
