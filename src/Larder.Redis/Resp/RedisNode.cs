using Microsoft.Extensions.Logging;

namespace Larder.Redis.Resp;

/// <summary>
/// All connections to one server. Callers share the first as long as it keeps up, because commands that meet on one connection go out
/// together; only when many wait is the next one opened.
/// </summary>
internal sealed class RedisNode : IRespExecutor, IAsyncDisposable
{
    // So many commands fit into one write and one read; more mean that the connection is held up.
    private const int BusyCount = 128;

    private readonly RespConnector _connector;
    private readonly ILogger _logger;
    private readonly RespChannel[] _channels;
    private int _wasAvailable = 1;

    public RedisNode(RespSettings settings, TimeProvider time, ILogger logger, RespPushHandler? onPush = null)
    {
        (_connector, _logger) = (new(settings, time, onPush), logger);
        _channels = new RespChannel[Math.Max(1, settings.MaxConnections - 1)];
        for (var i = 0; i < _channels.Length; i++)
        {
            _channels[i] = new(_connector, Random.Shared, LogState);
        }
    }

    public RespSettings Settings => _connector.Settings;

    /// <summary>Whether a command would be sent now; ask it where an exception for each command would be dear.</summary>
    public bool IsAvailable => _channels[0].IsAvailable;

    /// <summary>Whether it is known that the server cannot be used now.</summary>
    public bool IsDown => _channels[0].IsDown;

    /// <summary>Begins to connect, so that the first caller need not wait.</summary>
    public void Start() => _channels[0].Start();

    public ValueTask<T> ExecuteAsync<T>(
        RespVerb verb, ReadOnlySpan<RespArgument> arguments, ReplyReader<T> reader, TimeSpan limit, CancellationToken cancellationToken) =>
        Choose().ExecuteAsync(verb, arguments, reader, limit, cancellationToken);

    /// <summary>A channel of its own, for commands that block and for nothing else. It belongs to the caller, and there is one of it at a time.</summary>
    public RespChannel OpenBlockingChannel() => new(_connector, Random.Shared);

    public async ValueTask DisposeAsync()
    {
        foreach (var channel in _channels)
        {
            await channel.DisposeAsync();
        }
    }

    private RespChannel Choose()
    {
        var best = _channels[0];
        if (best.PendingCount < BusyCount || _channels.Length == 1)
        {
            return best;
        }

        foreach (var channel in _channels)
        {
            if (!channel.IsStarted)
            {
                // Opened beside the traffic, which never waits for it.
                channel.Start();
                break;
            }

            if (channel.IsAvailable && channel.PendingCount < best.PendingCount)
            {
                best = channel;
            }
        }

        return best;
    }

    // One line when the server goes and one when it comes back, whatever number of connections and callers notice.
    private void LogState()
    {
        if (IsAvailable)
        {
            if (Interlocked.Exchange(ref _wasAvailable, 1) == 0)
            {
                Log.RedisAvailable(_logger, Settings);
            }
        }
        else if (IsDown && Interlocked.Exchange(ref _wasAvailable, 0) == 1)
        {
            Log.RedisUnavailable(_logger, Settings, _channels[0].LastFailure?.Message ?? "it does not answer");
        }
    }
}
