using System.Net;
using Microsoft.Extensions.Options;
using Polly;
using Polly.CircuitBreaker;
using Polly.Registry;
using Polly.Retry;
using Polly.Timeout;

namespace Larder.Views.Execution;

/// <summary>The retries and the circuit breaker of each HTTP client, built when it is first used.</summary>
internal sealed class HttpSourcePipelines(IOptionsMonitor<HttpSourceOptions> options, TimeProvider time) : IDisposable
{
    private readonly ResiliencePipelineRegistry<string> _registry = new();

    public ResiliencePipeline<HttpResponseMessage> Get(string client) =>
        _registry.GetOrAddPipeline<HttpResponseMessage>(client, builder => Build(builder, options.Get(client)));

    /// <summary>Whether <c>AddHttpSource</c> has been called for the client.</summary>
    public bool Has(string client)
    {
        try
        {
            return options.Get(client).Address is not null;
        }
        catch (OptionsValidationException)
        {
            return false;
        }
    }

    public void Dispose() => _registry.Dispose();

    private void Build(ResiliencePipelineBuilder<HttpResponseMessage> builder, HttpSourceOptions options)
    {
        var isTransient = new PredicateBuilder<HttpResponseMessage>()
            .Handle<HttpRequestException>(static exception => exception.HttpRequestError != HttpRequestError.ConfigurationLimitExceeded)
            .Handle<TimeoutRejectedException>()
            .HandleResult(static response => response.StatusCode is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError);
        builder.TimeProvider = time;
        if (options.Retries > 0)
        {
            builder.AddRetry(new RetryStrategyOptions<HttpResponseMessage>
            {
                ShouldHandle = isTransient,
                MaxRetryAttempts = options.Retries,
                Delay = options.RetryDelay,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
            });
        }

        builder.AddCircuitBreaker(new CircuitBreakerStrategyOptions<HttpResponseMessage>
        {
            ShouldHandle = isTransient,
            FailureRatio = options.FailureRatio,
            MinimumThroughput = options.MinimumThroughput,
            SamplingDuration = options.SamplingDuration,
            BreakDuration = options.BreakDuration,
        });
        builder.AddTimeout(new TimeoutStrategyOptions { Timeout = options.AttemptTimeout });
    }
}
