using System.Buffers;
using Erp.Database;
using Erp.Products;
using Erp.Views;
using Larder.Caching;
using Larder.Views;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Larder.Bench.Views;

/// <summary>Larder over a database as an application has it, and the data access of one request for the view, without HTTP.</summary>
internal sealed class LarderRig : IAsyncDisposable
{
    private static readonly TimeSpan ExpiredAtOnce = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan ForTheWholeRun = TimeSpan.FromDays(1);

    private readonly ErpDatabase _database;
    private readonly ServiceProvider _services;
    private readonly ViewExecutor _executor;

    /// <param name="connectionString">The ERP's database.</param>
    /// <param name="isCold">As <see cref="AddTo"/> says.</param>
    /// <param name="tracking">What the configuration says of it: off, table or row.</param>
    public LarderRig(string connectionString, bool isCold, string tracking = "row")
    {
        _database = ErpDatabase.Open(connectionString, Path.GetTempPath(), TimeProvider.System);
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection([new("Larder:Tracking", tracking)]).Build());
        AddTo(services, _database, isCold);
        _services = services.BuildServiceProvider();
        _executor = _services.GetRequiredService<ViewExecutor>();
        _executor.Check(ProductCompleteView.View);
    }

    public IServiceProvider Services => _services;

    public CacheStatistics Statistics => _services.GetRequiredService<LarderCache>().GetStatistics();

    /// <param name="isCold">
    /// Whether entries expire before their keys come up again, so that every call is a miss with all its work: keys, coalescing, storing.
    /// </param>
    public static void AddTo(IServiceCollection services, ErpDatabase database, bool isCold)
    {
        services.AddSingleton(database.Source);
        services.AddErpViews();
        services.AddLarder(options =>
        {
            foreach (var policy in ProductCompleteView.View.Sections.Select(section => section.Policy ?? ProductCompleteView.View.Policy).Distinct(StringComparer.Ordinal))
            {
                options.Policies[policy] = new CachePolicyOptions { Duration = isCold ? ExpiredAtOnce : ForTheWholeRun };
            }
        });
    }

    /// <summary>Answers one request up to the finished body; returns its length.</summary>
    public async ValueTask<int> AnswerAsync(long id)
    {
        var result = await _executor.ExecuteAsync(Statement.ArgumentsOf(ProductCompleteView.View, id), CancellationToken.None);
        if (!result.IsComplete || result.Failure is not null)
        {
            throw new InvalidOperationException($"The view of product {id} is incomplete: {result.Failure?.Reason}.");
        }

        var body = new ArrayBufferWriter<byte>(ViewJsonWriter.EstimateLength(result));
        ViewJsonWriter.Write(body, result, _executor.Options.Json, result.IsCached);
        return body.WrittenCount;
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _database.DisposeAsync();
    }
}
