using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Larder.AspNetCore.Monitoring.Documents;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Larder.AspNetCore.Monitoring.Alerts;

/// <summary>
/// Sends alerts to the webhook, one after another in their order: each with a time limit, tried again with longer and longer pauses, signed. Whatever it does, nothing
/// waits for it: the queue is bounded, and when it is full the oldest alert goes.
/// </summary>
internal sealed class AlertWebhook(IOptions<LarderMonitoringOptions> options, IHttpClientFactory clients, TimeProvider time, ILogger<AlertWebhook> logger)
{
    internal const string ClientName = "Larder.AlertWebhook";
    internal const string SignatureHeader = "X-Larder-Signature";
    internal const int QueueLength = 64;
    internal const int Attempts = 5;
    internal static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);

    private static readonly MediaTypeHeaderValue JsonType = new("application/json");
    private readonly Channel<Alert> _queue = Channel.CreateBounded<Alert>(
        new BoundedChannelOptions(QueueLength) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    public void Enqueue(Alert alert)
    {
        if (options.Value.WebhookUrl is not null)
        {
            _queue.Writer.TryWrite(alert);
        }
    }

    public async Task RunAsync(CancellationToken stopping)
    {
        await foreach (var alert in _queue.Reader.ReadAllAsync(stopping))
        {
            await SendAsync(alert, stopping);
        }
    }

    private async Task SendAsync(Alert alert, CancellationToken stopping)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(alert, MonitoringJson.Default.Alert);
        var pause = FirstPause;
        for (var attempt = 1; ; attempt++)
        {
            var why = await TrySendAsync(body, stopping);
            if (why is null)
            {
                return;
            }

            if (attempt == Attempts)
            {
                Log.WebhookGaveUp(logger, alert.Rule, Attempts, why);
                return;
            }

            await Task.Delay(pause, time, stopping);
            pause *= 2;
        }
    }

    /// <summary>Why it was not delivered; null: it was.</summary>
    private async Task<string?> TrySendAsync(byte[] body, CancellationToken stopping)
    {
        using var limit = new CancellationTokenSource(options.Value.WebhookTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stopping);
        using var request = new HttpRequestMessage(HttpMethod.Post, options.Value.WebhookUrl) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = JsonType;
        if (options.Value.WebhookSecret is { Length: > 0 } secret)
        {
            request.Headers.Add(SignatureHeader, Signature(secret, time.GetUtcNow(), body));
        }

        try
        {
            using var client = clients.CreateClient(ClientName);
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            return response.IsSuccessStatusCode ? null : $"status {(int)response.StatusCode}";
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            return "no answer in time";
        }
        catch (HttpRequestException exception)
        {
            return exception.HttpRequestError.ToString();
        }
    }

    /// <summary>HMAC-SHA256 over "time.body", with the time, so that an old message cannot be sent again: <c>t=1735689600,v1=hex</c>.</summary>
    internal static string Signature(string secret, DateTimeOffset at, ReadOnlySpan<byte> body)
    {
        var seconds = at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        byte[] signed = [.. Encoding.ASCII.GetBytes(seconds), (byte)'.', .. body];
        var hash = HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), signed);
        return $"t={seconds},v1={Convert.ToHexStringLower(hash)}";
    }
}
