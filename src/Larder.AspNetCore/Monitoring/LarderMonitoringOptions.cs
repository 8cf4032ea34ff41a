namespace Larder.AspNetCore.Monitoring;

/// <summary>Settings of monitoring, read from configuration (<c>Larder:Monitoring</c>, each by its own name), then from the delegate given to <c>AddLarderMonitoring</c>, and validated when the host starts.</summary>
public sealed class LarderMonitoringOptions
{
    /// <summary>Where alerts are posted as JSON when they begin to fire and when they are over: an absolute http or https address. Null, the default: nowhere. Redirects are not followed.</summary>
    public Uri? WebhookUrl { get; set; }

    /// <summary>
    /// Signs what is posted: <c>X-Larder-Signature: t=&lt;unix seconds&gt;,v1=&lt;hex&gt;</c> with the HMAC-SHA256 of "seconds.body". At least 16 characters; null, the default: unsigned.
    /// </summary>
    public string? WebhookSecret { get; set; }

    /// <summary>How long one attempt may take, of five with pauses of 1, 2, 4 and 8 s. Default 5 s; 100 ms to 60 s.</summary>
    public TimeSpan WebhookTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>What is out of its bounds; null: nothing.</summary>
    internal string? Problem() =>
        WebhookUrl is not null && !(WebhookUrl.IsAbsoluteUri && WebhookUrl.Scheme is "http" or "https") ? $"WebhookUrl is '{WebhookUrl}': it is an absolute http or https address."
        : WebhookSecret is { Length: < 16 } ? "WebhookSecret is too short: it has at least 16 characters."
        : WebhookTimeout < TimeSpan.FromMilliseconds(100) || WebhookTimeout > TimeSpan.FromSeconds(60) ? $"WebhookTimeout is {WebhookTimeout}: it is between 100 ms and 60 s."
        : null;
}
