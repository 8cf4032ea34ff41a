using Larder.Bench.Http;
using Larder.Bench.Network;
using Larder.Bench.Views;

return args switch
{
    ["views", .. var rest] => await ViewsCommand.RunAsync(rest),
    ["http", .. var rest] => await HttpCommand.RunAsync(rest),
    [DelayProxy.Command, .. var rest] => await DelayProxy.RunAsync(rest),
    [ViewsServer.Command] => await ViewsServer.RunAsync(),
    [HttpServer.Command, var kind, var recorded] => await HttpServer.RunAsync(kind, recorded),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine($"usage: dotnet run -c Release --project bench/Larder.Bench -- <command>\n\n{ViewsOptions.Usage}\n{HttpOptions.Usage}");
    return 2;
}
