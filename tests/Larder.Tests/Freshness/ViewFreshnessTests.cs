using System.Diagnostics.CodeAnalysis;
using System.Transactions;
using Larder.Caching;
using Larder.Freshness;
using Larder.Tests.Data;
using Larder.Tests.Views;
using Larder.Views;
using Larder.Views.Sources;
using Microsoft.Extensions.DependencyInjection;

namespace Larder.Tests.Freshness;

/// <summary>Sections of views obey the same rule. A table's tag stands for what the analysis of SQL will report.</summary>
public sealed class ViewFreshnessTests : IAsyncDisposable
{
    private static readonly Tag Products = Tag.Coarse("products");
    private static readonly Tag Reviews = Tag.Coarse("reviews");

    private static readonly View View = View.Create("shop")
        .Required("name", Sql.Row<string>("SELECT name FROM products WHERE id = 1"))
        .Required("reviews", Sql.Row<int>("SELECT count(*) FROM reviews"))
        .Required("price", Sql.Row<int>("SELECT 7 FROM products WHERE id = 1"), section => section.Policy("brief")).Build();

    private readonly SqliteTestDatabase _database = new(Shop.Schema);
    private readonly ViewHost _host;
    private readonly TablesByName _tables = new();

    public ViewFreshnessTests() => _host = new ViewHost(
        services => services.AddSingleton<IReadSetSource>(_tables).AddLarder(options => options
            .AddPolicy(new CachePolicy("brief", TimeSpan.FromSeconds(5)) { Jitter = 0, StaleWhileRevalidate = TimeSpan.FromSeconds(60) })
            .AddPolicy(new CachePolicy("absent", TimeSpan.FromSeconds(60)) { Jitter = 0, NegativeDuration = TimeSpan.FromSeconds(30) })),
        _database.ForViews);

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _database.Dispose();
    }

    [Fact]
    public async Task Write_OfOneTable_ReloadsTheSectionsThatReadItAndNoOthers()
    {
        await _host.GetAsync(View);
        _database.Execute("DELETE FROM reviews");
        await PublishAsync(Reviews);

        var result = await _host.GetAsync(View);

        Assert.Equal((SectionOutcome.Hit, SectionOutcome.Loaded), (result.OutcomeOf("name"), result.OutcomeOf("reviews")));
        Assert.Equal(0, (int)_host.DataOf(result)["reviews"]!);
    }

    [Fact]
    public async Task Section_TheAnalysisKnowsNothingOf_IsTimed()
    {
        _tables.Knows = false;
        var result = await _host.GetAsync(View);

        Assert.All(result.Runs, run => Assert.Equal(FreshnessKind.Timed, run.Part!.Kind));
        await PublishAsync(Reviews);
        Assert.True((await _host.GetAsync(View)).IsCached);
    }

    [Fact]
    public async Task Section_TheAnalysisSaysMustNotBeCached_IsNotStored()
    {
        _tables.Refuses = "it calls a volatile function";
        await _host.GetAsync(View);

        Assert.False((await _host.GetAsync(View)).IsCached);
    }

    [Fact]
    public async Task View_InATransaction_IsReadPastTheCache()
    {
        await _host.GetAsync(View);
        using (new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
        {
            Assert.False((await _host.GetAsync(View)).IsCached);
        }

        Assert.True((await _host.GetAsync(View)).IsCached);
    }

    [Fact]
    public async Task View_ForTheBearerOfAPoisonToken_IsReadPastTheCache()
    {
        await _host.GetAsync(View);
        using (FreshnessContext.Require(WriteToken.Poison))
        {
            Assert.False((await _host.GetAsync(View)).IsCached);
        }
    }

    [Fact]
    public async Task View_ComposedIntoACachedValue_TheValueDependsOnItsSections()
    {
        await _host.Cache.GetOrCreateAsync("composed", Caching.TestCache.Minute, async _ => _host.DataTextOf(await _host.GetAsync(View)));
        Assert.True(_host.Cache.TryGet<string>("composed", out _));

        await PublishAsync(Products);

        Assert.False(_host.Cache.TryGet<string>("composed", out _));
    }

    [Fact]
    public async Task View_WithAFailedSection_WhatIsComposedOfItIsNotStored()
    {
        var view = View.Create("partial").Required("name", Sql.Row<string>("SELECT name FROM products WHERE id = 1"))
            .Optional("wrong", Sql.Row<string>("SELECT nothing FROM products")).Build();
        await _host.Cache.GetOrCreateAsync("composed", Caching.TestCache.Minute, async _ => _host.DataTextOf(await _host.GetAsync(view)));

        Assert.False(_host.Cache.TryGet<string>("composed", out _));
    }

    [Fact(Timeout = 30_000)]
    public async Task Section_ExpiredUnderStaleWhileRevalidate_IsServedStaleAndReadAnew()
    {
        await _host.GetAsync(View);
        _host.Time.Advance(TimeSpan.FromSeconds(6));

        var stale = await _host.GetAsync(View);
        Assert.Equal((SectionOutcome.Hit, SectionOutcome.Stale), (stale.OutcomeOf("name"), stale.OutcomeOf("price")));
        while ((await _host.GetAsync(View)).OutcomeOf("price") == SectionOutcome.Stale)
        {
            await Task.Yield();
        }

        Assert.Equal(SectionOutcome.Hit, (await _host.GetAsync(View)).OutcomeOf("price"));
    }

    [Fact]
    public async Task RequiredSection_WithoutARowUnderANegativeDuration_IsNotFoundFromTheCacheUntilItIsWritten()
    {
        var view = View.Create("missing").Policy("absent").Required("name", Sql.Row<string>("SELECT name FROM products WHERE id = 99")).Build();
        Assert.Equal(SectionFailureKind.NotFound, (await _host.GetAsync(view)).Failure!.Kind);
        _database.Statements.Clear();
        Assert.Equal(SectionFailureKind.NotFound, (await _host.GetAsync(view)).Failure!.Kind);
        Assert.Empty(_database.Statements);

        _database.Execute("INSERT INTO products VALUES (99, 'Nail', NULL, 100)");
        await PublishAsync(Products);

        Assert.Null((await _host.GetAsync(view)).Failure);
    }

    private async Task PublishAsync(Tag tag) => await _host.Publisher.PublishAsync(new WriteSet(tag));

    private sealed class TablesByName : IReadSetSource
    {
        internal bool Knows { get; set; } = true;

        internal string? Refuses { get; set; }

        internal List<string> Degraded { get; } = [];

        public ValueTask PrepareAsync(string database, string sql, CancellationToken cancellationToken) => default;

        public bool TryGetTags(
            string database, string sql, IReadOnlyList<KeyValuePair<string, object?>> parameters, [NotNullWhen(true)] out Tag[]? tags, out string? reason)
        {
            reason = Refuses;
            tags = Knows && Refuses is null ? [sql.Contains("reviews", StringComparison.Ordinal) ? Reviews : Products] : null;
            return tags is not null;
        }

        public void Degrade(ReadStatement statement) => Degraded.Add(statement.Text);
    }
}
