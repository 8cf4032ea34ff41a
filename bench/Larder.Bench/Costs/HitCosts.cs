using System.Globalization;
using Larder.Caching;
using Larder.Freshness;
using Microsoft.Extensions.DependencyInjection;

namespace Larder.Bench.Costs;

/// <summary>Hits with and without tags, and the publication of records, in one node with the log in the process.</summary>
internal static class HitCosts
{
    private const string Group = "cache and log";
    private const int Entries = 256;
    private const int TagsPerEntry = 10;
    private const int TagsPerCommit = 5;
    private const double MostBeyond = 20;
    private const double MostBeyondAfterRecord = 300;
    private const double MostPerPublication = 5000;

    public static async Task<IReadOnlyList<CostLine>> MeasureAsync(CostMeter meter)
    {
        var services = new ServiceCollection();
        services.AddLarder();
        await using var provider = services.BuildServiceProvider();
        var cache = provider.GetRequiredService<LarderCache>();
        var publisher = provider.GetRequiredService<InvalidationPublisher>();
        var bare = await FillAsync(cache, "bare", tags: 0);
        var tagged = await FillAsync(cache, "tagged", TagsPerEntry);
        var unrelated = new WriteSet(Tag.Fine("unrelated"));

        var bareHit = new CostSubject(count => HitAsync(cache, bare, count));
        var taggedHit = new CostSubject(count => HitAsync(cache, tagged, count));
        var publishOnly = new CostSubject(count => PublishAsync(publisher, [unrelated], count));
        var bareAfterRecord = new CostSubject(count => HitAfterRecordAsync(cache, publisher, unrelated, bare, count));
        var taggedAfterRecord = new CostSubject(count => HitAfterRecordAsync(cache, publisher, unrelated, tagged, count));
        await meter.MeasureAsync(bareHit, taggedHit, publishOnly, bareAfterRecord, taggedAfterRecord);

        var commits = Enumerable.Range(0, Entries).Select(CommitOf).ToArray();
        var publication = new CostSubject(count => PublishAsync(publisher, commits, count));
        await meter.MeasureAsync(publication);
        return
        [
            CostLine.Of(Group, "a hit without tags", bareHit),
            CostLine.Beyond(Group, "ten tags add to it, no new record", taggedHit, [bareHit], MostBeyond),
            CostLine.Beyond(Group, "a new record adds to a hit without tags", bareAfterRecord, [publishOnly, bareHit]),
            CostLine.Beyond(Group, "a new record and ten tags add to it", taggedAfterRecord, [publishOnly, bareHit], MostBeyondAfterRecord),
            CostLine.Of(Group, "publishing a record of one tag", publishOnly),
            CostLine.Of(Group, "publishing a commit of five tags", publication, MostPerPublication),
        ];
    }

    // Tables are few and values many.
    private static WriteSet CommitOf(int number) =>
        new([Tag.Coarse("a table"), .. Enumerable.Range(1, TagsPerCommit - 1).Select(place => Tag.Fine(string.Create(CultureInfo.InvariantCulture, $"commit {number} {place}")))]);

    private static async Task<string[]> FillAsync(LarderCache cache, string name, int tags)
    {
        var keys = Enumerable.Range(0, Entries).Select(number => string.Create(CultureInfo.InvariantCulture, $"{name}:{number:000}")).ToArray();
        foreach (var key in keys)
        {
            await cache.GetOrCreateAsync(
                key, key, cache.DefaultPolicy, static (state, _) => new ValueTask<string>(state), [.. Enumerable.Range(0, tags).Select(tag => $"{key}:{tag}")]);
        }

        return tags == 0 || cache.CountByTag($"{keys[0]}:{tags - 1}") == 1 ? keys : throw new InvalidOperationException("An entry has not the tags that it was given.");
    }

    private static async Task HitAsync(LarderCache cache, string[] keys, int count)
    {
        for (var i = 0; i < count; i++)
        {
            await GetAsync(cache, keys[i % Entries]);
        }
    }

    private static async Task HitAfterRecordAsync(LarderCache cache, InvalidationPublisher publisher, WriteSet record, string[] keys, int count)
    {
        for (var i = 0; i < count; i++)
        {
            await publisher.PublishAsync(record);
            await GetAsync(cache, keys[i % Entries]);
        }
    }

    private static async Task PublishAsync(InvalidationPublisher publisher, WriteSet[] records, int count)
    {
        for (var i = 0; i < count; i++)
        {
            await publisher.PublishAsync(records[i % records.Length]);
        }
    }

    private static ValueTask<string> GetAsync(LarderCache cache, string key) =>
        cache.GetOrCreateAsync<object?, string>(key, null, cache.DefaultPolicy, static (_, _) => throw new InvalidOperationException("It was no hit."));
}
