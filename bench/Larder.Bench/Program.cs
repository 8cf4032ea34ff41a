using Larder.Bench.Network;
using Larder.Bench.Redis;
using Larder.Bench.Views;

return args switch
{
    ["views", .. var rest] => await ViewsCommand.RunAsync(rest),
    ["redis"] => await RedisCommand.RunAsync(),
    [DelayProxy.Command, .. var rest] => await DelayProxy.RunAsync(rest),
    [ViewsServer.Command] => await ViewsServer.RunAsync(),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine($"usage: dotnet run -c Release --project bench/Larder.Bench -- <command>\n\n{ViewsOptions.Usage}\n{RedisCommand.Usage}");
    return 2;
}
