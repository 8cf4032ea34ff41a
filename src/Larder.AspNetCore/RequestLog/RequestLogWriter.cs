using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Larder.AspNetCore.RequestLog;

/// <summary>
/// Takes records from the queue and hands their lines to the sink, in one flow of its own: requests never wait for it. It sleeps while there is nothing,
/// and after it is woken gathers for a moment, so that a busy server wakes it tens of times a second and not once a request.
/// </summary>
internal sealed class RequestLogWriter : IAsyncDisposable
{
    private const int BatchBytes = 1 << 16;
    private static readonly TimeSpan DisposePatience = TimeSpan.FromSeconds(5);

    private readonly RequestLogQueue _queue;
    private readonly RequestLogLines _lines;
    private readonly IRequestLogSink _sink;
    private readonly TimeProvider _time;
    private readonly TimeSpan _flushInterval;
    private readonly SemaphoreSlim _wake = new(0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _givingUp = new();
    private Task? _running;
    private int _isSleeping;
    private long _dropped;
    private long _droppedSaid;
    private long _unwritten;
    private long _unwrittenSaid;

    public RequestLogWriter(IOptions<RequestLogOptions> options, IRequestLogSink sink, TimeProvider time)
    {
        Levels = new RequestLogLevels(options.Value);
        _queue = new RequestLogQueue(options.Value.QueueCapacity);
        _lines = new RequestLogLines(options.Value, Levels);
        _flushInterval = options.Value.FlushInterval;
        _sink = sink;
        _time = time;
    }

    public RequestLogLevels Levels { get; }

    /// <summary>Records refused because the queue was full.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Lines that the sink did not take, and records that could not be written as lines.</summary>
    public long Unwritten => Interlocked.Read(ref _unwritten);

    /// <summary>Keeps a record until it is written; never waits and never throws.</summary>
    public void Enqueue(in RequestLogRecord record)
    {
        if (!_queue.TryEnqueue(record))
        {
            Interlocked.Increment(ref _dropped);
            return;
        }

        if (Volatile.Read(ref _isSleeping) == 1 && Interlocked.Exchange(ref _isSleeping, 0) == 1)
        {
            _wake.Release();
        }
    }

    /// <summary>Keeps an event that is not the end of a request.</summary>
    public void Enqueue(RequestLogEntry entry) => Enqueue(new RequestLogRecord { EndedAt = _time.GetTimestamp(), Entry = entry });

    public void Start() => _running ??= Task.Run(RunAsync);

    /// <summary>Writes what is waiting and stops; ends earlier, with lines unwritten, when the token is cancelled.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        if (_running is { } running)
        {
            await running.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!running.IsCompleted)
            {
                await _givingUp.CancelAsync();
            }
        }
    }

    /// <summary>Writes what came after the stop, or without a start.</summary>
    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(DisposePatience, _time);
        if (!_givingUp.IsCancellationRequested)
        {
            await StopAsync(patience.Token);
        }

        if (_givingUp.IsCancellationRequested)
        {
            // The sink may hang for ever, as a pipe that nobody reads does, and still use what would be disposed here.
            return;
        }

        await DrainAsync();
        _lines.Dispose();
        _wake.Dispose();
        _stopping.Dispose();
        _givingUp.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            await DrainAsync();
            await SleepAsync();
        }

        await DrainAsync();
    }

    private async Task SleepAsync()
    {
        try
        {
            // Said first, looked after: whoever fills the queue does it the other way round, so that one of the two sees the other.
            Interlocked.Exchange(ref _isSleeping, 1);
            if (!_queue.HasNext)
            {
                await _wake.WaitAsync(_stopping.Token);
            }

            Interlocked.Exchange(ref _isSleeping, 0);
            if (_flushInterval > TimeSpan.Zero)
            {
                await Task.Delay(_flushInterval, _time, _stopping.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The end: what is left is written now.
        }
    }

    /// <summary>Writes what is waiting. For the writer's own flow, or where it was not started.</summary>
    internal async ValueTask DrainAsync()
    {
        // The writer alone asks for the time of day; a record has only a timestamp.
        var (now, timestamp) = (_time.GetUtcNow().UtcDateTime, _time.GetTimestamp());
        while (_queue.HasNext)
        {
            Format(_queue.Next, now, timestamp);
            _queue.Release();
            if (_lines.Written.Length >= BatchBytes)
            {
                await FlushAsync();
            }
        }

        SayWhatIsMissing(now);
        await FlushAsync();
    }

    private void Format(in RequestLogRecord record, DateTime now, long timestamp)
    {
        try
        {
            // A record that came since the two were read is a little later.
            var ago = record.EndedAt <= timestamp ? _time.GetElapsedTime(record.EndedAt, timestamp) : -_time.GetElapsedTime(timestamp, record.EndedAt);
            _lines.Add(record, now - ago);
        }
        catch (Exception)
        {
            // An exception's own message may throw. One record is lost, not the log.
            Interlocked.Increment(ref _unwritten);
        }
    }

    private void SayWhatIsMissing(DateTime now)
    {
        var (dropped, unwritten) = (Dropped, Unwritten);
        if ((dropped == _droppedSaid && unwritten == _unwrittenSaid) || !Levels.IsOn(RequestLogEvent.LogDropped))
        {
            return;
        }

        _lines.Add(
            new RequestLogRecord
            {
                Entry = new RequestLogEntry(
                    RequestLogEvent.LogDropped,
                    Levels.Of(RequestLogEvent.LogDropped),
                    [new("dropped", dropped - _droppedSaid), new("unwritten", unwritten - _unwrittenSaid), new("queue_capacity", (long)_queue.Capacity)]),
            },
            now);
        (_droppedSaid, _unwrittenSaid) = (dropped, unwritten);
    }

    private async ValueTask FlushAsync()
    {
        if (_lines.Count == 0)
        {
            return;
        }

        try
        {
            await _sink.WriteAsync(_lines.Written, _lines.Count, _givingUp.Token);
        }
        catch (Exception)
        {
            // A full disk or a closed pipe must not end the log, and there is nowhere to say it but here, later.
            Interlocked.Add(ref _unwritten, _lines.Count);
        }

        _lines.Clear();
    }
}
