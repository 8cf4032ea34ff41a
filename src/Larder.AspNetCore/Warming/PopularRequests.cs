using System.Collections.Concurrent;
using System.Text.Json;
using Larder.Memory;
using Larder.Views;
using Larder.Warming;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace Larder.AspNetCore.Warming;

/// <summary>
/// Remembers which requests for views were worth most. A miss tells what was asked for and how long it took; of the hits every sixteenth or so is counted, by the hash of its key. Only declared parameters
/// of views are kept: nothing of who asked, because a view's response depends on nothing else.
/// </summary>
internal sealed class PopularRequests(IOptions<WarmingOptions> options)
{
    /// <summary>A hit is counted when these bits of the time in the clock's finest units are 0.</summary>
    internal const long Sampled = 15;

    private const int Version = 1;
    private const int Spare = 4;
    private const int LongestText = 200;
    private const double LeastValue = 0.5;
    private const double Fading = 0.5;

    private readonly ConcurrentDictionary<uint, Known> _known = [];

    private int Bound => Spare * options.Value.Popular;

    /// <summary>Whether any are remembered.</summary>
    public bool IsOn => options.Value is { Enabled: true, Popular: > 0 };

    public int Count => _known.Count;

    /// <summary>Counts a hit, one of <see cref="Sampled"/> + 1.</summary>
    public void CountHit(uint hash)
    {
        if (_known.TryGetValue(hash, out var known))
        {
            Interlocked.Increment(ref known.Hits);
        }
    }

    /// <summary>Takes down what was asked for and had to be loaded.</summary>
    /// <param name="key">The key of its response.</param>
    /// <param name="view">The view.</param>
    /// <param name="context">The request.</param>
    /// <param name="elapsed">How long it took.</param>
    public void NoteLoad(string key, View view, HttpContext context, TimeSpan elapsed)
    {
        var hash = KeyHash.Of(key);
        if (_known.TryGetValue(hash, out var known))
        {
            known.LoadMs = elapsed.TotalMilliseconds;
        }
        else if (_known.Count < Bound && TextsOf(view, context) is { } texts)
        {
            _known.TryAdd(hash, new Known(view.Name, texts) { LoadMs = elapsed.TotalMilliseconds });
        }
    }

    /// <summary>Takes over what an earlier run knew.</summary>
    public void Take(string key, PopularRequest request)
    {
        if (_known.Count < Bound)
        {
            _known.TryAdd(KeyHash.Of(key), new Known(request.View, request.Parameters) { Value = request.Value });
        }
    }

    /// <summary>What was worth most, the best first, as it is kept; older hits count half of what they did the last time.</summary>
    public byte[] Write()
    {
        foreach (var known in _known.Values)
        {
            known.Value = (known.Value * Fading) + (Interlocked.Exchange(ref known.Hits, 0) * (Sampled + 1) * Math.Max(known.LoadMs, 1));
        }

        var ranked = _known.OrderByDescending(known => known.Value.Value).ToList();
        var best = ranked.Take(options.Value.Popular).Where(known => known.Value.Value >= LeastValue)
            .Select(known => new PopularRequest(known.Value.View, known.Value.Texts, Math.Round(known.Value.Value, 1)));

        // Room for what comes; what has no hits yet may still get them.
        foreach (var (hash, _) in ranked.Skip(Bound / 2))
        {
            _known.TryRemove(hash, out _);
        }

        return JsonSerializer.SerializeToUtf8Bytes(new PopularList(Version, [.. best]), PopularJson.Default.PopularList);
    }

    /// <summary>What <see cref="Write"/> wrote.</summary>
    /// <exception cref="JsonException">It did not write this.</exception>
    public IReadOnlyList<PopularRequest> Read(byte[] content)
    {
        var list = JsonSerializer.Deserialize(content, PopularJson.Default.PopularList);
        return list is not { Version: Version, Requests: { } requests } || requests.Any(request => request is not { View: not null, Parameters: not null })
            ? throw new JsonException("it is no list of requests of this version")
            : [.. requests.Take(options.Value.Popular)];
    }

    // Null where one is given twice or is long: that is nobody's favourite.
    private static Dictionary<string, string>? TextsOf(View view, HttpContext context)
    {
        Dictionary<string, string> texts = new(StringComparer.Ordinal);
        foreach (var parameter in view.Parameters)
        {
            if (context.GetRouteValue(parameter.Name) is string text)
            {
                texts[parameter.Name] = text;
            }
            else if (context.Request.Query.TryGetValue(parameter.Name, out var given))
            {
                if (given.Count != 1)
                {
                    return null;
                }

                texts[parameter.Name] = given.ToString();
            }
        }

        return texts.Values.Any(value => value.Length > LongestText) ? null : texts;
    }

    private sealed class Known(string view, IReadOnlyDictionary<string, string> texts)
    {
        public long Hits;

        public string View { get; } = view;

        public IReadOnlyDictionary<string, string> Texts { get; } = texts;

        public double LoadMs { get; set; }

        public double Value { get; set; }
    }
}
