using Larder.AspNetCore.WriteTokens;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Lets clients read their own writes on any node.</summary>
public static class WriteTokenApplicationBuilderExtensions
{
    /// <summary>
    /// Gives the response to a request that wrote (any method but GET, HEAD and OPTIONS) the header <c>Larder-Write-Token</c>, and makes a request that brings
    /// this header back read no older than that write, on whatever node it arrives: it waits briefly for a node that is behind, and is answered past the
    /// cache otherwise, as it is for the token "poison", which stands for a write that the log has not taken yet. A client keeps the last token it
    /// was given, and may forget it when the longest lifetime of what it reads is over. A header that is not exactly one well-formed token is
    /// ignored. Anyone who can send the header can have reads answered past the cache, whose loads are limited as all are. To be put before the endpoints.
    /// </summary>
    /// <param name="app">The application.</param>
    /// <returns>The same application.</returns>
    public static IApplicationBuilder UseLarderWriteTokens(this IApplicationBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        return app.UseMiddleware<WriteTokenMiddleware>();
    }
}
