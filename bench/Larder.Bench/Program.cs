using Larder.Bench.Costs;
using Larder.Bench.Freshness;
using Larder.Bench.HitRatio;
using Larder.Bench.Hits;
using Larder.Bench.Http;
using Larder.Bench.Network;
using Larder.Bench.Redis;
using Larder.Bench.RequestLog;
using Larder.Bench.Views;

// What runs by itself would be measured with the rest.
Environment.SetEnvironmentVariable("Larder__Warming__Enabled", "false");
return args switch
{
    ["views", .. var rest] => await ViewsCommand.RunAsync(rest),
    ["freshness", .. var rest] => await FreshnessCommand.RunAsync(rest),
    ["micro", .. var rest] => await MicroCommand.RunAsync(rest),
    ["memory", .. var rest] => await MemoryCommand.RunAsync(rest),
    ["growth", .. var rest] => await GrowthCommand.RunAsync(rest),
    ["hit-ratio", .. var rest] => await HitRatioCommand.RunAsync(rest),
    ["http", .. var rest] => await HttpCommand.RunAsync(rest),
    ["request-log", .. var rest] => await RequestLogCommand.RunAsync(rest),
    ["redis"] => await RedisCommand.RunAsync(),
    ["costs", .. var rest] => await CostsCommand.RunAsync(rest),
    [DelayProxy.Command, .. var rest] => await DelayProxy.RunAsync(rest),
    [ViewsServer.Command] => await ViewsServer.RunAsync(),
    [HttpServer.Command, var kind, var recorded] => await HttpServer.RunAsync(kind, recorded),
    _ => Usage(),
};

static int Usage()
{
    string[] commands =
    [
        ViewsOptions.Usage, FreshnessOptions.Usage, MicroCommand.Usage, HitRatioOptions.Usage, MemoryCommand.Usage, GrowthCommand.Usage, HttpOptions.Usage,
        RequestLogCommand.Usage, RedisCommand.Usage, CostsOptions.Usage,
    ];
    Console.Error.WriteLine($"usage: dotnet run -c Release --project bench/Larder.Bench -- <command>\n\n{string.Join('\n', commands)}");
    return 2;
}
