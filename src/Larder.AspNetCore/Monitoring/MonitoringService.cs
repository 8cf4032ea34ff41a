using Larder.AspNetCore.Monitoring.Alerts;
using Microsoft.Extensions.Hosting;

namespace Larder.AspNetCore.Monitoring;

/// <summary>Judges and sends while the host runs, and publishes the instruments of the meter.</summary>
internal sealed class MonitoringService(AlertBoard board, AlertWebhook webhook, LarderMeter meter) : BackgroundService
{
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        meter.Start();
        board.Start();
        return base.StartAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => webhook.RunAsync(stoppingToken);
}
