using System.Buffers;
using System.Globalization;
using System.Text;
using Larder.Redis.Resp;
using Larder.Remote;

namespace Larder.Redis.Remote;

/// <summary>
/// The second level on one Redis. A read is one GET. A write is one script, which compares the header of what is there and takes nothing older of the same epoch in its place; lifetimes
/// are Redis's own. It needs the rights to GET, SET, GETRANGE, UNLINK, EVALSHA and EVAL on its keys, to SCAN for removals by pattern, and INFO and DBSIZE for the state.
/// </summary>
/// <param name="node">The server.</param>
/// <param name="prefix">What its keys begin with.</param>
internal sealed class RedisRemoteStore(RedisNode node, string prefix = RedisRemoteStore.DefaultPrefix) : IRemoteStore
{
    internal const string DefaultPrefix = "larder";
    private const int KeysOfAPage = 1000;

    // Epoch and position stand behind the version, see RemoteEntryFormat. A number of Lua holds 53 bits, so that positions are compared by halves.
    private static readonly RedisScript SetIfNewer = new("""
        local head = redis.pcall('GETRANGE', KEYS[1], 0, 19)
        if type(head) == 'string' and #head == 20 and string.sub(head, 1, 12) == string.sub(ARGV[1], 1, 12) then
          local high, low = struct.unpack('>I4I4', head, 13)
          local newHigh, newLow = struct.unpack('>I4I4', ARGV[1], 13)
          if high > newHigh or (high == newHigh and low > newLow) then return 0 end
        end
        redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
        return 1
        """);

    private readonly RedisClient _client = new(node, node.Settings.CommandLimit);
    private readonly string _keyHead = prefix + ":entry:";

    public string Name => $"Redis {node.Settings}";

    public bool LogsOutages => true;

    public bool IsReachable => !node.IsDown;

    public void Start() => node.Start();

    public async ValueTask<IMemoryOwner<byte>?> GetAsync(string key, CancellationToken cancellationToken)
    {
        try
        {
            return await _client.GetAsync(_keyHead + key, cancellationToken).ConfigureAwait(false);
        }
        catch (RedisServerException exception) when (exception.Kind == RedisErrorKind.WrongType)
        {
            // Not ours. The next write puts an entry in its place.
            return null;
        }
        catch (RedisReplyException)
        {
            // Larger than any answer may be; the connection is well.
            return null;
        }
    }

    public async ValueTask<bool> SetIfNewerAsync(string key, ReadOnlyMemory<byte> entry, TimeSpan life, CancellationToken cancellationToken) =>
        await _client.EvalAsync(
            SetIfNewer, [_keyHead + key], [entry, Math.Max(1, (long)life.TotalMilliseconds)], RespReplies.Integer, cancellationToken).ConfigureAwait(false) == 1;

    public async ValueTask RemoveAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken)
    {
        if (keys.Count > 0)
        {
            await _client.UnlinkAsync([.. keys.Select(key => (RespArgument)(_keyHead + key))], cancellationToken).ConfigureAwait(false);
        }
    }

    public async ValueTask<RemoteKeys> FindKeysAsync(string pattern, int limit, CancellationToken cancellationToken)
    {
        var glob = Escape(_keyHead) + string.Join('*', pattern.Split('*').Select(Escape));
        var keys = new HashSet<string>(StringComparer.Ordinal);
        var cursor = 0UL;
        do
        {
            var page = await _client.ScanAsync(cursor, glob, KeysOfAPage, cancellationToken).ConfigureAwait(false);
            foreach (var key in page.Keys)
            {
                if (keys.Count >= limit)
                {
                    return new(keys, IsComplete: false);
                }

                keys.Add(Encoding.UTF8.GetString(key)[_keyHead.Length..]);
            }

            cursor = page.Cursor;
        }
        while (cursor != 0);

        return new(keys, IsComplete: true);
    }

    public async ValueTask<RemoteStoreState> GetStateAsync(CancellationToken cancellationToken)
    {
        var keys = await _client.DbSizeAsync(cancellationToken).ConfigureAwait(false);
        var memory = Lines(await _client.InfoAsync("memory", cancellationToken).ConfigureAwait(false));
        var stats = Lines(await _client.InfoAsync("stats", cancellationToken).ConfigureAwait(false));
        return new(
            keys,
            Number(memory, "used_memory"),
            Number(memory, "maxmemory") is > 0 and var limit ? limit : null,
            Number(stats, "evicted_keys"),
            memory.GetValueOrDefault("maxmemory_policy"));
    }

    private static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var character in text)
        {
            _ = character is '*' or '?' or '[' or ']' or '\\' or '^' ? escaped.Append('\\').Append(character) : escaped.Append(character);
        }

        return escaped.ToString();
    }

    private static Dictionary<string, string> Lines(string info)
    {
        var lines = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in info.Split('\n'))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0)
            {
                lines[line[..colon]] = line[(colon + 1)..].TrimEnd('\r');
            }
        }

        return lines;
    }

    private static long? Number(Dictionary<string, string> lines, string name) =>
        long.TryParse(lines.GetValueOrDefault(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
