using System.Globalization;
using Erp.Products;
using Larder.Bench.Databases;
using Larder.Bench.Processes;

namespace Larder.Bench.Views;

/// <summary>Everything that reads the view from one database over one network: the variants, and the server of those that go over HTTP.</summary>
internal sealed class ViewsBed : IAsyncDisposable
{
    private readonly ChildProcess _server;
    private readonly HandWritten _handWritten;
    private readonly LarderRig _cold;
    private readonly LarderRig _cached;
    private readonly HttpClient _client = new();

    private ViewsBed(BenchDatabase database, string connectionString, ChildProcess server)
    {
        _server = server;
        _handWritten = HandWritten.Open(database.Kind, connectionString);
        _cold = new LarderRig(connectionString, isCold: true);
        _cached = new LarderRig(connectionString, isCold: false);
        Variants = [.. InProcess(), .. OverHttp()];
    }

    public IReadOnlyList<Variant> Variants { get; }

    public int ServerProcessId => _server.Id;

    /// <summary>Larder's section look-ups in this process so far: hits and all, of the cold and of the cached variant.</summary>
    public LookupCounts Lookups => new(_cold.Statistics.Hits, CountOf(_cold), _cached.Statistics.Hits, CountOf(_cached));

    public static async Task<ViewsBed> StartAsync(BenchDatabase database, string connectionString, CancellationToken cancellationToken)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal) { [ViewsServer.ConnectionVariable] = connectionString };
        var server = await ChildProcess.StartAsync([ViewsServer.Command], environment, cancellationToken);
        return new ViewsBed(database, connectionString, server);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
        await _cold.DisposeAsync();
        await _cached.DisposeAsync();
        await _handWritten.DisposeAsync();
    }

    private static long CountOf(LarderRig rig) => rig.Statistics.Hits + rig.Statistics.Misses;

    private IEnumerable<Variant> InProcess()
    {
        var noWriters = new System.Text.Json.Utf8JsonWriter?[ProductCompleteView.View.Sections.Length];
        yield return InProcess("b", _handWritten is SqliteHandWritten ? "six parallel connections" : "six parallel connections, prepared", id => _handWritten.ParallelAsync(id, noWriters));
        if (_handWritten is PostgreSqlHandWritten postgreSql)
        {
            yield return InProcess("c", "sequential, prepared, one connection", id => _handWritten.SequentialAsync(id, writer: null));
            yield return InProcess("d", "one batch, not prepared", id => postgreSql.BatchAsync(id, isPrepared: false));
            yield return InProcess("e", "one prepared batch by hand (floor)", id => postgreSql.BatchAsync(id, isPrepared: true));
        }
        else if (_handWritten is SqliteHandWritten sqlite)
        {
            yield return InProcess("c", "sequential, one connection", id => _handWritten.SequentialAsync(id, writer: null));
            yield return InProcess("e", "sequential, commands kept by hand (floor)", sqlite.KeptAsync);
            yield return InProcess("h", "six parallel connections, commands kept by hand", sqlite.KeptParallelAsync);
        }

        yield return new Variant("f", "Larder cold", 0, _cold.AnswerAsync);
        yield return new Variant("g", "Larder cached", 0, _cached.AnswerAsync) { IsCached = true };
    }

    private static Variant InProcess(string letter, string name, Func<long, ValueTask> read) => new(letter, name, 0, async id =>
    {
        await read(id);
        return 0;
    });

    private IEnumerable<Variant> OverHttp()
    {
        var urls = _server.Ready.Split(' ');
        yield return new Variant("A", "six calls, one statement each", ProductCompleteView.View.Sections.Length, async id =>
        {
            var calls = new Task<int>[ProductCompleteView.View.Sections.Length];
            for (var i = 0; i < calls.Length; i++)
            {
                calls[i] = GetAsync($"{urls[0]}/sections/{i}/", id);
            }

            return (await Task.WhenAll(calls)).Sum();
        });
        yield return new Variant("B", "one call, six parallel connections", 1, async id => await GetAsync($"{urls[0]}/parallel/", id));
        yield return new Variant("F", "one call, Larder cold", 1, async id => await GetAsync($"{urls[0]}/view/", id));
        yield return new Variant("G", "one call, Larder cached", 1, async id => await GetAsync($"{urls[1]}/view/", id)) { IsCached = true };
    }

    private async Task<int> GetAsync(string url, long id)
    {
        var body = await _client.GetByteArrayAsync(url + id.ToString(CultureInfo.InvariantCulture));
        return body.Length;
    }
}

/// <summary>How many look-ups there were, and how many of them found something.</summary>
internal sealed record LookupCounts(long ColdHits, long Cold, long CachedHits, long Cached)
{
    public double ColdHitRate => Cold == 0 ? 0 : (double)ColdHits / Cold;

    public double CachedHitRate => Cached == 0 ? 0 : (double)CachedHits / Cached;

    public LookupCounts Since(LookupCounts before) =>
        new(ColdHits - before.ColdHits, Cold - before.Cold, CachedHits - before.CachedHits, Cached - before.Cached);
}
