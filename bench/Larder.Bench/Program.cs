using Larder.Bench.Network;
using Larder.Bench.RequestLog;
using Larder.Bench.Views;

return args switch
{
    ["views", .. var rest] => await ViewsCommand.RunAsync(rest),
    ["request-log", .. var rest] => await RequestLogCommand.RunAsync(rest),
    [DelayProxy.Command, .. var rest] => await DelayProxy.RunAsync(rest),
    [ViewsServer.Command] => await ViewsServer.RunAsync(),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine($"usage: dotnet run -c Release --project bench/Larder.Bench -- <command>\n\n{ViewsOptions.Usage}\n{RequestLogCommand.Usage}");
    return 2;
}
