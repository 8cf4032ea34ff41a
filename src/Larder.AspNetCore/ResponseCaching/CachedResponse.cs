using Larder.Caching;
using Microsoft.Extensions.Primitives;

namespace Larder.AspNetCore.ResponseCaching;

/// <summary>A finished response as it is kept: what is sent for it is made once, so that a hit only hands it over. Immutable but for what is remembered of it.</summary>
internal sealed class CachedResponse : ICacheSized
{
    private const int ObjectOverhead = 320;
    private const int HeaderOverhead = 96;
    private AgedHeaders? _aged;

    public int StatusCode { get; init; } = 200;

    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Where <c>true</c> of <c>metadata.cached</c> stands in the body of a view; -1: nowhere. A miss is sent with <c>false</c> in its place.</summary>
    public int CachedAt { get; init; } = -1;

    /// <summary>Whether no source was asked when it was made.</summary>
    public bool IsFromCache { get; init; }

    public StringValues ContentType { get; init; }

    /// <summary>A weak validator (RFC 9110, 8.8.1): one for all encodings of the body. Empty: there is none.</summary>
    public StringValues ETag { get; init; }

    /// <summary>What the handler itself said to clients; empty: the policy speaks.</summary>
    public StringValues CacheControl { get; init; }

    /// <summary>Other headers of the response.</summary>
    public KeyValuePair<string, StringValues>[] Headers { get; init; } = [];

    /// <summary>What is sent as problem details instead of a body, made anew for each request; null: it is no problem.</summary>
    public ResponseProblem? Problem { get; init; }

    /// <summary>Why it must not be stored, as a word; null: its own content is not against it.</summary>
    public string? WhyNotStored { get; init; }

    /// <summary>How old its oldest part was when its load began.</summary>
    public TimeSpan InitialAge { get; init; }

    /// <summary>Its compressed bodies.</summary>
    public EncodedBodies Encoded { get; init; } = EncodedBodies.None;

    public bool IsNegative => StatusCode == 404;

    public long SizeInBytes => ObjectOverhead + Body.Length + Encoded.MaxBytes + (2L * (Problem?.Detail.Length ?? 0)) + Headers.Sum(header => HeaderOverhead + (2L * (header.Key.Length + header.Value.ToString().Length)));

    /// <summary>By the validator, which is over the data and not over when they were read.</summary>
    public bool SaysTheSame(object? other) => other is CachedResponse response
        && response.StatusCode == StatusCode
        && (ETag.Count > 0 ? response.ETag == ETag : response.Body.Span.SequenceEqual(Body.Span));

    /// <summary>Age and Cache-Status of a hit. They change once a second, so they are made once a second.</summary>
    public AgedHeaders Aged(long age, long ttl)
    {
        var aged = Volatile.Read(ref _aged);
        if (aged is null || aged.Seconds != age || aged.Ttl != ttl)
        {
            aged = new AgedHeaders(age, ttl);
            Volatile.Write(ref _aged, aged);
        }

        return aged;
    }

    internal sealed class AgedHeaders(long age, long ttl)
    {
        public long Seconds => age;

        public long Ttl => ttl;

        public StringValues Age { get; } = new(Math.Max(age, 0).ToString());

        public StringValues CacheStatus { get; } = new($"Larder; hit; ttl={ttl}");
    }
}
