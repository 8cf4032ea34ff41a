using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Larder.AspNetCore.Monitoring;
using Larder.AspNetCore.Monitoring.Alerts;
using Larder.AspNetCore.Monitoring.Documents;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Larder.Tests.AspNetCore.Monitoring;

public sealed class AlertWebhookTests : IDisposable
{
    private const string Secret = "0123456789abcdef-secret";

    private readonly ManualTimeProvider _time = new();
    private readonly Receiver _receiver = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly AlertWebhook _webhook;

    public AlertWebhookTests() => _webhook = new(
        Options.Create(new LarderMonitoringOptions { WebhookUrl = new Uri("http://127.0.0.1:1/hook"), WebhookSecret = Secret }),
        _receiver,
        _time,
        NullLogger<AlertWebhook>.Instance);

    public void Dispose()
    {
        _stopping.Cancel();
        _stopping.Dispose();
    }

    [Fact]
    public async Task Alert_Sent_HasTheRequiredMembersAndItsSignature()
    {
        _webhook.Enqueue(AlertOf("one"));
        _ = _webhook.RunAsync(_stopping.Token);
        await Patience.UntilAsync(() => Task.FromResult(!_receiver.Bodies.IsEmpty));

        var (body, signature) = _receiver.Bodies.Single();
        Assert.Equal(
            ["level", "message", "metric_name", "current_value", "threshold", "timestamp"], JsonNode.Parse(body)!.AsObject().Take(6).Select(member => member.Key));
        var seconds = _time.GetUtcNow().ToUnixTimeSeconds();
        var expected = HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), Encoding.UTF8.GetBytes($"{seconds}.{body}"));
        Assert.Equal($"t={seconds},v1={Convert.ToHexStringLower(expected)}", signature);
    }

    [Fact]
    public async Task Receiver_ThatFails_IsAskedAgainWithLongerPausesAndThenLeft()
    {
        _receiver.Status = HttpStatusCode.BadGateway;
        _webhook.Enqueue(AlertOf("one"));
        _ = _webhook.RunAsync(_stopping.Token);

        for (var attempt = 1; attempt < AlertWebhook.Attempts; attempt++)
        {
            // The pause is set once the attempt is over: its timer is the only one.
            await Patience.UntilAsync(() => Task.FromResult(_receiver.Bodies.Count == attempt && _time.PendingTimers == 1));
            var pause = AlertWebhook.FirstPause * Math.Pow(2, attempt - 1);
            _time.Advance(pause - TimeSpan.FromMilliseconds(1));
            Assert.Equal(attempt, _receiver.Bodies.Count);
            _time.Advance(TimeSpan.FromMilliseconds(1));
        }

        await Patience.UntilAsync(() => Task.FromResult(_receiver.Bodies.Count == AlertWebhook.Attempts && _time.PendingTimers == 0));
        _receiver.Status = HttpStatusCode.OK;
        _webhook.Enqueue(AlertOf("two"));
        await Patience.UntilAsync(() => Task.FromResult(_receiver.Bodies.Count == AlertWebhook.Attempts + 1));
    }

    [Fact]
    public async Task Receiver_ThatHangs_IsLeftAfterTheLimitAndHoldsNobodyUp()
    {
        _receiver.Hangs = true;
        _ = _webhook.RunAsync(_stopping.Token);
        _webhook.Enqueue(AlertOf("first"));
        await Patience.UntilAsync(() => Task.FromResult(_receiver.Bodies.Count == 1));

        // All of these return at once; the oldest of them go.
        for (var i = 0; i < 10 * AlertWebhook.QueueLength; i++)
        {
            _webhook.Enqueue(AlertOf($"{i}"));
        }

        _receiver.Hangs = false;
        _time.Advance(TimeSpan.FromSeconds(5));
        await Patience.UntilAsync(() => Task.FromResult(_time.PendingTimers == 1));
        _time.Advance(AlertWebhook.FirstPause);
        await Patience.UntilAsync(() => Task.FromResult(_receiver.Bodies.Count == 2 + AlertWebhook.QueueLength));
        Assert.Contains($"\"rule\":\"{(10 * AlertWebhook.QueueLength) - 1}\"", _receiver.Bodies.Last().Body);
    }

    [Theory]
    [InlineData("ftp://example.org/", null, 5)]
    [InlineData("/relative", null, 5)]
    [InlineData(null, "short", 5)]
    [InlineData(null, null, 0)]
    [InlineData(null, null, 61)]
    public void Options_OutOfTheirBounds_AreNamed(string? url, string? secret, int seconds)
    {
        var options = new LarderMonitoringOptions
        {
            WebhookUrl = url is null ? null : new Uri(url, UriKind.RelativeOrAbsolute),
            WebhookSecret = secret,
            WebhookTimeout = TimeSpan.FromSeconds(seconds),
        };

        Assert.StartsWith("Webhook", options.Problem());
    }

    private static Alert AlertOf(string rule) => new("error", "message", "metric", 6, 5, DateTimeOffset.UnixEpoch, rule, "firing", IsFlapping: false, DateTimeOffset.UnixEpoch);

    private sealed class Receiver : HttpMessageHandler, IHttpClientFactory
    {
        public HttpStatusCode Status { get; set; } = HttpStatusCode.OK;

        public bool Hangs { get; set; }

        public ConcurrentQueue<(string Body, string Signature)> Bodies { get; } = [];

        public HttpClient CreateClient(string name) => new(this, disposeHandler: false);

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var hangs = Hangs;
            Bodies.Enqueue((await request.Content!.ReadAsStringAsync(cancellationToken), request.Headers.GetValues(AlertWebhook.SignatureHeader).Single()));
            if (hangs)
            {
                await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
            }

            return new HttpResponseMessage(Status);
        }
    }
}
