using Larder.AspNetCore.RequestLog;
using Larder.Views.Execution;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the request log to a host.</summary>
public static class LarderRequestLogServiceCollectionExtensions
{
    /// <summary>
    /// Adds what <c>UseLarderRequestLog</c> needs. Options come from the host's configuration, <c>Larder:RequestLog</c>, then from
    /// <paramref name="configure"/>, and are validated when the host starts. May be called again to configure more.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">Changes the options.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddLarderRequestLog(this IServiceCollection services, Action<RequestLogOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        if (services.All(service => service.ServiceType != typeof(RequestLogWriter)))
        {
            services.AddLogging();
            services.AddOptions<RequestLogOptions>().ValidateOnStart();
            services.AddSingleton<IConfigureOptions<RequestLogOptions>>(provider => new RequestLogConfiguration(provider.GetService<IConfiguration>()));
            services.AddSingleton<IValidateOptions<RequestLogOptions>, RequestLogOptionsValidator>();
            services.TryAddSingleton(TimeProvider.System);
            services.TryAddSingleton(SinkOf);
            services.AddSingleton<RequestLogWriter>();
            services.AddSingleton<ISlowStatementListener, SlowStatementLog>();
            services.AddSingleton<ILoggerProvider, RequestLogLoggerProvider>();
            services.AddSingleton<IHostedService, RequestLogService>();
        }

        return configure is null ? services : services.Configure(configure);
    }

    private static IRequestLogSink SinkOf(IServiceProvider services)
    {
        var options = services.GetRequiredService<IOptions<RequestLogOptions>>().Value;
        return options.Destination switch
        {
            RequestLogDestination.File => new FileSink(options.FilePath!, options.MaxFileBytes, options.KeptFiles),
            RequestLogDestination.Logger => new LoggerSink(services),
            _ => new StandardOutputSink(),
        };
    }
}
