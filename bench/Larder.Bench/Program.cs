using Larder.Bench.Costs;
using Larder.Bench.Freshness;
using Larder.Bench.Network;
using Larder.Bench.Views;

return args switch
{
    ["views", .. var rest] => await ViewsCommand.RunAsync(rest),
    ["freshness", .. var rest] => await FreshnessCommand.RunAsync(rest),
    ["costs", .. var rest] => await CostsCommand.RunAsync(rest),
    [DelayProxy.Command, .. var rest] => await DelayProxy.RunAsync(rest),
    [ViewsServer.Command] => await ViewsServer.RunAsync(),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine($"usage: dotnet run -c Release --project bench/Larder.Bench -- <command>\n\n{ViewsOptions.Usage}\n{FreshnessOptions.Usage}\n{CostsOptions.Usage}");
    return 2;
}
