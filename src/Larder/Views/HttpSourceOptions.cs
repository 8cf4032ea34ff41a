namespace Larder.Views;

/// <summary>How a service that HTTP sections read from is reached.</summary>
public sealed class HttpSourceOptions
{
    /// <summary>The address that paths are relative to; ends with a slash. Required.</summary>
    public Uri? Address { get; set; }

    /// <summary>How long one attempt may take. Default 2 s; must be positive.</summary>
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How many times a GET is repeated after a network error, a time-out, 408, 429 or 5xx. Default 2; 0 to 10. 0: never.
    /// </summary>
    public int Retries { get; set; } = 2;

    /// <summary>The wait before the first retry; it doubles, with jitter. Default 50 ms.</summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The share of failed attempts that opens the circuit. Default 0.5; above 0, at most 1.</summary>
    public double FailureRatio { get; set; } = 0.5;

    /// <summary>How many attempts within <see cref="SamplingDuration"/> it takes before the circuit can open. Default 10; at least 2.</summary>
    public int MinimumThroughput { get; set; } = 10;

    /// <summary>The time over which failures are counted. Default 30 s; at least 0.5 s.</summary>
    public TimeSpan SamplingDuration { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long an open circuit refuses before one attempt tries again. Default 5 s; at least 0.5 s.</summary>
    public TimeSpan BreakDuration { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The greatest size of an answer, in bytes. Default 1 MiB; at least 1.</summary>
    public long MaxResponseBytes { get; set; } = 1 << 20;

    /// <summary>What is wrong; null when all is well.</summary>
    internal string? Problem() => this switch
    {
        { Address: null } or { Address.IsAbsoluteUri: false } => "Address is required and absolute.",
        _ when !Address.AbsolutePath.EndsWith('/') => "Address ends with a slash.",
        _ when AttemptTimeout <= TimeSpan.Zero => "AttemptTimeout must be positive.",
        { Retries: < 0 or > 10 } => "Retries is from 0 to 10.",
        _ when RetryDelay < TimeSpan.Zero => "RetryDelay must not be negative.",
        { FailureRatio: not (> 0 and <= 1) } => "FailureRatio is above 0 and at most 1.",
        { MinimumThroughput: < 2 } => "MinimumThroughput is at least 2.",
        _ when SamplingDuration < TimeSpan.FromSeconds(0.5) || BreakDuration < TimeSpan.FromSeconds(0.5) => "SamplingDuration and BreakDuration are at least 0.5 s.",
        { MaxResponseBytes: < 1 or > int.MaxValue } => "MaxResponseBytes is from 1 to 2,147,483,647.",
        _ => null,
    };
}
