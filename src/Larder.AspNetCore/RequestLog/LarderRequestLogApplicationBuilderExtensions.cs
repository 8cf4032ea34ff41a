using Larder.AspNetCore.RequestLog;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Puts the request log into the pipeline.</summary>
public static class LarderRequestLogApplicationBuilderExtensions
{
    /// <summary>
    /// Logs every request that passes here as one line of JSON, and gives each an ID, echoed as <c>X-Request-ID</c>. To be called first, so that
    /// error pages and all that is refused are seen too. Does nothing where <see cref="RequestLogOptions.Enabled"/> is false.
    /// </summary>
    /// <param name="app">The pipeline.</param>
    /// <returns>The same pipeline.</returns>
    /// <exception cref="InvalidOperationException"><c>AddLarderRequestLog()</c> was not called.</exception>
    /// <exception cref="OptionsValidationException">A setting is out of its bounds; the message names it.</exception>
    public static IApplicationBuilder UseLarderRequestLog(this IApplicationBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        if (app.ApplicationServices.GetService<RequestLogWriter>() is null)
        {
            throw new InvalidOperationException("The request log needs services: call AddLarderRequestLog() first.");
        }

        var options = app.ApplicationServices.GetRequiredService<IOptions<RequestLogOptions>>().Value;
        return options.Enabled ? app.UseMiddleware<RequestLogMiddleware>() : app;
    }
}
