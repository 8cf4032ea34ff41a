namespace Larder.Redis.Resp;

/// <summary>
/// A connection to one server that is made again whenever it breaks, with growing, random pauses. Callers wait for the first attempt only,
/// within their limits; as soon as it is known that the server is away, none waits, until a connection is there again.
/// </summary>
internal sealed class RespChannel : IRespExecutor, IAsyncDisposable
{
    private const int MostDoublings = 16;

    private readonly RespConnector _connector;
    private readonly Random _random;
    private readonly Action? _stateChanged;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _changing = new();
    private Task? _running;
    private volatile RespConnection? _connection;
    private volatile TaskCompletionSource<RespConnection> _opening = NewOpening();
    private volatile bool _isAway;
    private volatile RedisException? _failure;
    private int _waiters;
    private long _connects;

    /// <param name="connector">Makes the connections.</param>
    /// <param name="random">Spreads the attempts of many nodes over time.</param>
    /// <param name="stateChanged">Called when the server has come or gone. It must be quick.</param>
    public RespChannel(RespConnector connector, Random random, Action? stateChanged = null) =>
        (_connector, _random, _stateChanged) = (connector, random, stateChanged);

    /// <summary>Whether a command would be sent now.</summary>
    public bool IsAvailable => _connection is { IsStalled: false };

    /// <summary>Whether it is known that the server cannot be used now; false also while the first attempt to connect is under way.</summary>
    public bool IsDown => _connection is { } connection ? connection.IsStalled : _isAway;

    /// <summary>What kept the last attempt from succeeding, or ended the last connection; null: nothing yet.</summary>
    public RedisException? LastFailure => _failure;

    public int PendingCount => Volatile.Read(ref _waiters) + (_connection?.PendingCount ?? 0);

    /// <summary>How many connections have been made.</summary>
    public long ConnectCount => Interlocked.Read(ref _connects);

    public bool IsStarted => Volatile.Read(ref _running) is not null;

    public ValueTask<T> ExecuteAsync<T>(
        RespVerb verb, ReadOnlySpan<RespArgument> arguments, ReplyReader<T> reader, TimeSpan limit, CancellationToken cancellationToken)
    {
        if (_connection is { } connection)
        {
            return connection.ExecuteAsync(verb, arguments, reader, limit, cancellationToken);
        }

        Start();
        return !_isAway
            ? ExecuteWhenOpenAsync(verb, arguments.ToArray(), reader, limit, cancellationToken)
            : ValueTask.FromException<T>(new RedisConnectionException($"Redis at {_connector.Settings} is away; the command was not sent.", _failure));
    }

    /// <summary>Begins to connect, if it has not begun.</summary>
    public void Start()
    {
        if (IsStarted)
        {
            return;
        }

        lock (_changing)
        {
            _running ??= Task.Run(RunAsync);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        Task running;
        lock (_changing)
        {
            running = _running ??= Task.CompletedTask;
        }

        await running;
        _isAway = true;
        _opening.TrySetException(Closed());
        _stop.Dispose();
    }

    private async ValueTask<T> ExecuteWhenOpenAsync<T>(
        RespVerb verb, RespArgument[] arguments, ReplyReader<T> reader, TimeSpan limit, CancellationToken cancellationToken)
    {
        var capacity = _connector.Settings.QueueCapacity;
        var startedAt = _connector.Time.GetTimestamp();
        RespConnection connection;
        if (Interlocked.Increment(ref _waiters) > capacity)
        {
            Interlocked.Decrement(ref _waiters);
            throw new RedisQueueFullException(capacity);
        }

        try
        {
            connection = await _opening.Task.WaitAsync(limit, _connector.Time, cancellationToken);
        }
        catch (TimeoutException)
        {
            // One has waited its time; nobody after it has to.
            if (_connection is null)
            {
                _isAway = true;
                _stateChanged?.Invoke();
            }

            throw new RedisTimeoutException($"Redis at {_connector.Settings} could not be connected to within the time limit of {verb}.");
        }
        finally
        {
            Interlocked.Decrement(ref _waiters);
        }

        var left = limit == Timeout.InfiniteTimeSpan ? limit : limit - _connector.Time.GetElapsedTime(startedAt);
        return left > TimeSpan.Zero || left == Timeout.InfiniteTimeSpan
            ? await connection.ExecuteAsync(verb, arguments, reader, left, cancellationToken)
            : throw new RedisTimeoutException($"Redis at {_connector.Settings} was connected to when the time limit of {verb} was over.");
    }

    private async Task RunAsync()
    {
        var failures = 0;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var connection = await _connector.ConnectAsync(_stop.Token);
                var connectedAt = _connector.Time.GetTimestamp();
                await LiveAsync(connection);

                // A server that takes connections and drops them at once is as bad as one that takes none.
                var hasLasted = _connector.Time.GetElapsedTime(connectedAt) >= _connector.Settings.MaxBackOff;
                failures = hasLasted ? 0 : failures + 1;
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                break;
            }
            catch (Exception exception)
            {
                failures++;
                ReportAway(exception as RedisException ?? new RedisConnectionException($"Connecting to Redis at {_connector.Settings} failed.", exception));
            }

            await PauseAsync(failures);
        }
    }

    private async Task LiveAsync(RespConnection connection)
    {
        connection.StallChanged = _stateChanged;
        connection.Ending = () => Leave(connection);
        _failure = null;
        _connection = connection;
        _isAway = false;
        Interlocked.Increment(ref _connects);
        _opening.TrySetResult(connection);
        _stateChanged?.Invoke();
        await using (connection)
        {
            await using var stop = _stop.Token.UnsafeRegister(static state => ((RespConnection)state!).Abort(Closed()), connection);
            await connection.Closed;
        }

        // Where it ended before it was here to be left.
        Leave(connection);
    }

    /// <summary>Forgets a connection. Whoever finds none from here on waits for the attempt that follows.</summary>
    private void Leave(RespConnection connection)
    {
        lock (_changing)
        {
            if (_connection == connection)
            {
                _failure = connection.Failure;
                _opening = NewOpening();
                _isAway = false;
                _connection = null;
            }
        }
    }

    private void ReportAway(RedisException failure)
    {
        _failure = failure;
        _isAway = true;
        _opening.TrySetException(failure);
        _stateChanged?.Invoke();
    }

    private async Task PauseAsync(int failures)
    {
        var settings = _connector.Settings;
        if (failures <= 1)
        {
            // A server that is restarted may be there already.
            return;
        }

        var most = Math.Min(settings.MaxBackOff.TotalMilliseconds, settings.FirstBackOff.TotalMilliseconds * Math.Pow(2, Math.Min(failures - 2, MostDoublings)));
        try
        {
            await Task.Delay(TimeSpan.FromMilliseconds(_random.NextDouble() * most), _connector.Time, _stop.Token);
        }
        catch (OperationCanceledException)
        {
            // The loop ends.
        }
    }

    private static TaskCompletionSource<RespConnection> NewOpening()
    {
        var opening = new TaskCompletionSource<RespConnection>(TaskCreationOptions.RunContinuationsAsynchronously);

        // Nobody may be waiting when it fails.
        _ = opening.Task.ContinueWith(static task => _ = task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        return opening;
    }

    private static RedisConnectionException Closed() => new("The client of Redis was closed.");
}
