namespace Larder.Views.Sources;

/// <summary>Sections read from other services by HTTP.</summary>
public static class Http
{
    /// <summary>
    /// GETs JSON through a client added by <c>AddHttpSource</c>, which retries and breaks the circuit. 404 means that there is none, and so
    /// does an input in the path that is null, empty or made of dots: then nothing is asked.
    /// </summary>
    /// <typeparam name="T">What the JSON is read as; it is written again, so the response has this shape and no other.</typeparam>
    /// <param name="client">The name of the client.</param>
    /// <param name="path">Relative to the client's address; <c>{name}</c> is an input, percent-encoded: <c>ratings/{id}?lang={language}</c>.</param>
    public static HttpSource<T> Get<T>(string client, string path)
        where T : notnull =>
        new(client, path, []);
}
