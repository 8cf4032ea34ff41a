using Microsoft.Extensions.Hosting;

namespace Larder.AspNetCore.RequestLog;

/// <summary>Starts the writer before the server, and stops it after the server has answered its last request.</summary>
internal sealed class RequestLogService(RequestLogWriter writer) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        writer.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => writer.StopAsync(cancellationToken);
}
