using Larder.AspNetCore.ResponseCaching;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Puts Larder into the pipeline of an application.</summary>
public static class LarderApplicationBuilderExtensions
{
    /// <summary>
    /// Makes <see cref="CachedAttribute"/> on handlers and actions take effect. Anywhere after routing; where authorization stands does not matter, because it always
    /// runs before the response is looked for. Views and <c>.Cached("policy")</c> do not need it.
    /// </summary>
    /// <param name="app">The application.</param>
    /// <returns>The same application.</returns>
    public static IApplicationBuilder UseLarder(this IApplicationBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        var endpoints = new CachedEndpoints(app.ApplicationServices);
        return app.Use(next => context =>
        {
            endpoints.Apply(context);
            return next(context);
        });
    }
}
