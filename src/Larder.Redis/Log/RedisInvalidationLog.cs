using System.Security.Cryptography;
using Larder.Freshness;
using Larder.Redis.Resp;
using Microsoft.Extensions.Logging;

namespace Larder.Redis.Log;

/// <summary>
/// The invalidation log of many nodes, a stream in Redis. One loop reads it, one asks again and again for its tail, by which the node knows how
/// far behind it may be. Nothing here waits for Redis longer than a command's limit, and everything goes on by itself when Redis is back.
/// </summary>
internal sealed class RedisInvalidationLog : IInvalidationLog, IAsyncDisposable
{
    private const int RecordsOfARead = 500;
    private const int MaxReplayed = 100_000;
    private const int QuestionsOfABound = 8;
    private const int ReadsOfABound = 4;
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(500);

    private readonly RedisNode _redis;
    private readonly FreshnessNode _node;
    private readonly RedisLogOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly RedisClient _commands;
    private readonly LogFollower _follower;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _starting = new();
    private Task _running = Task.CompletedTask;
    private bool _isStarted;
    private int _isRefused;
    private volatile TaskCompletionSource? _held;

    public RedisInvalidationLog(RedisNode redis, FreshnessNode node, RedisLogOptions options, TimeProvider time, ILogger logger)
    {
        (_redis, _node, _options, _time, _logger) = (redis, node, options, time, logger);
        _commands = new(redis, redis.Settings.CommandLimit);
        _follower = new(node, replays: options.LogCapacity <= MaxReplayed);
    }

    /// <summary>Begins to follow the log. A second call does nothing.</summary>
    public void Start()
    {
        lock (_starting)
        {
            if (_isStarted || _stop.IsCancellationRequested)
            {
                return;
            }

            _isStarted = true;
            using (ExecutionContext.SuppressFlow())
            {
                _running = Task.WhenAll(Task.Run(FollowAsync), Task.Run(MeasureAsync));
            }
        }
    }

    public async ValueTask<WriteToken> AppendAsync(WriteSet writes)
    {
        Start();
        var tail = await RunScriptAsync(_commands, LogRecordFormat.Encode(writes), refused: 0);
        var token = new WriteToken(tail.Epoch, tail.Seq);
        return await _node.WaitForRecordAsync(token, _redis.Settings.CommandLimit)
            ? token
            : throw new RedisTimeoutException($"Record {token} is in the log and did not come back in time.");
    }

    /// <summary>Keeps this node from reading the log until it is disposed, as a process that is stopped: for tests.</summary>
    internal IDisposable Hold()
    {
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _held = held;
        return new Holding(this, held);
    }

    public async ValueTask DisposeAsync()
    {
        Task running;
        lock (_starting)
        {
            running = _running;
        }

        await _stop.CancelAsync();
        await running;
    }

    private async Task FollowAsync()
    {
        await using var channel = _redis.OpenBlockingChannel();
        var reader = new RedisClient(channel, _redis.Settings.CommandLimit);
        var wait = Least(_options.StalenessBound / ReadsOfABound, LongestWait);
        var pause = FirstPause;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                if (_held is { } held)
                {
                    await held.Task.WaitAsync(_stop.Token);
                }

                await ReadAsync(reader, wait);
                pause = FirstPause;
                Interlocked.Exchange(ref _isRefused, 0);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                break;
            }
            catch (Exception exception)
            {
                Report(exception);
                await PauseAsync(pause);
                pause = Least(pause * 2, LongestPause);
            }
        }
    }

    private async Task ReadAsync(RedisClient reader, TimeSpan wait)
    {
        if (_follower.MustJump)
        {
            var askedAt = _time.GetTimestamp();
            var tail = await RunScriptAsync(reader, [], _follower.Refused);
            var before = _node.Now.View.Epoch;
            _follower.Jump(tail, askedAt);
            if (before != tail.Epoch)
            {
                LogMessages.Following(_logger, _options.LogKey, LogTail.EpochText(tail.Epoch), tail.Seq);
            }

            return;
        }

        var began = _follower.BeginRead();
        var entries = await reader.XReadAsync(_options.LogKey, _follower.ReadAfter, RecordsOfARead, began is null ? wait : null, _stop.Token);
        if (_held is null)
        {
            _follower.Take(entries, began);
        }
    }

    private async Task MeasureAsync()
    {
        var interval = _options.StalenessBound / QuestionsOfABound;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                if (_held is null)
                {
                    var askedAt = _time.GetTimestamp();
                    _follower.Answered(await RunScriptAsync(_commands, [], refused: 0), askedAt);
                }
            }
            catch (Exception exception)
            {
                Report(exception);
            }

            await PauseAsync(interval);
        }
    }

    private ValueTask<LogTail> RunScriptAsync(RedisClient client, byte[] record, ulong refused) => client.EvalAsync(
        LogScript.Append,
        [_options.LogKey, _options.StateKey],
        [NewEpoch(), refused == 0 ? "" : LogTail.EpochText(refused), _options.LogCapacity, LogRecordFormat.EpochBegins, record],
        LogTail.Reader,
        _stop.Token);

    // That Redis is away is logged by its client, in one line; what it refuses is not seen there.
    private void Report(Exception exception)
    {
        if (exception is RedisServerException { Kind: not (RedisErrorKind.Loading or RedisErrorKind.Busy) } && Interlocked.Exchange(ref _isRefused, 1) == 0)
        {
            LogMessages.Refused(_logger, exception.Message);
        }
    }

    private async Task PauseAsync(TimeSpan pause)
    {
        try
        {
            await Task.Delay(pause, _time, _stop.Token);
        }
        catch (OperationCanceledException)
        {
            // The loop ends.
        }
    }

    // Odd, so that it is never 0, which is no epoch.
    private static string NewEpoch() => LogTail.EpochText(BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))) | 1);

    private static TimeSpan Least(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private sealed class Holding(RedisInvalidationLog log, TaskCompletionSource held) : IDisposable
    {
        public void Dispose()
        {
            log._held = null;
            held.TrySetResult();
        }
    }
}
