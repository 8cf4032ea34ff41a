using System.Diagnostics;
using System.Diagnostics.Metrics;
using Larder.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace Larder.Tests.AspNetCore.Monitoring;

public sealed class LarderMeterTests
{
    [Fact]
    public async Task Instruments_Observed_TellWhatTheStoreHas()
    {
        await using var host = await MonitoringHost.StartAsync();
        await host.AskAsync("/products/1", 3);
        var factory = host.Web.Services.GetRequiredService<IMeterFactory>();
        var seen = new Dictionary<string, double>(StringComparer.Ordinal);
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                // Other hosts of this process have meters of the same name.
                if (instrument.Meter.Name == "Larder" && ReferenceEquals(instrument.Meter.Scope, factory))
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => seen[NameOf(instrument, tags)] = value);
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => seen[NameOf(instrument, tags)] = value);
        listener.Start();
        listener.RecordObservableInstruments();

        Assert.Equal(2, seen["larder.requests GET /products/{id} hit success"]);
        Assert.Equal(1, seen["larder.requests GET /products/{id} miss success"]);
        Assert.Equal(1, seen["larder.section.reads product/product miss success"]);
        Assert.Equal(host.Web.Cache.GetStatistics().TotalKeys, seen["larder.cache.entries"]);
        Assert.Equal(0, seen["larder.invalidations write"]);
        Assert.Equal(0, seen["larder.invalidation.lag"]);
        Assert.InRange(seen["larder.cache.memory.usage"], 1, seen["larder.cache.memory.limit"]);
    }

    [Fact]
    public async Task View_Run_IsAnActivityInTheTraceOfItsRequestWithItsSections()
    {
        await using var host = await MonitoringHost.StartAsync();
        var ended = new System.Collections.Concurrent.ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "Larder" or "Microsoft.AspNetCore",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = ended.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        const string Trace = "0af7651916cd43dd8448eb211c80319c";

        using (await host.Web.SendAsync("/products/1", ("traceparent", $"00-{Trace}-b7ad6b7169203331-01")))
        {
        }

        await Patience.UntilAsync(() => Task.FromResult(ended.Any(activity => activity.TraceId.ToHexString() == Trace && activity.OperationName == "view product")));
        var view = ended.Single(activity => activity.TraceId.ToHexString() == Trace && activity.OperationName == "view product");
        Assert.Equal(["product", "reviews", "similar"], view.Events.Select(item => (string?)item.Tags.First(tag => tag.Key == "larder.section").Value));
        Assert.Equal("product", view.GetTagItem("larder.view"));
    }

    private static string NameOf(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var name = instrument.Name;
        foreach (var tag in tags)
        {
            name += $" {tag.Value}";
        }

        return name;
    }
}
