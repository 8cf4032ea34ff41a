using System.Globalization;

namespace Larder.Redis.Resp;

/// <summary>The server refused a command with an error.</summary>
internal class RedisServerException : RedisException
{
    protected RedisServerException(RedisErrorKind kind, string message)
        : base(message) => Kind = kind;

    public RedisErrorKind Kind { get; }

    /// <summary>Makes the exception of an error as the server words it.</summary>
    public static RedisServerException Of(string error)
    {
        var end = error.IndexOf(' ', StringComparison.Ordinal);
        var code = end < 0 ? error : error[..end];
        var kind = code switch
        {
            "LOADING" => RedisErrorKind.Loading,
            "READONLY" => RedisErrorKind.ReadOnly,
            "NOAUTH" => RedisErrorKind.NoAuthentication,
            "WRONGPASS" => RedisErrorKind.WrongPassword,
            "NOPERM" => RedisErrorKind.NoPermission,
            "BUSY" => RedisErrorKind.Busy,
            "MOVED" => RedisErrorKind.Moved,
            "ASK" => RedisErrorKind.Ask,
            "CLUSTERDOWN" => RedisErrorKind.ClusterDown,
            "TRYAGAIN" => RedisErrorKind.TryAgain,
            "MASTERDOWN" => RedisErrorKind.PrimaryDown,
            "OOM" => RedisErrorKind.OutOfMemory,
            "NOSCRIPT" => RedisErrorKind.NoScript,
            "WRONGTYPE" => RedisErrorKind.WrongType,
            "NOREPLICAS" => RedisErrorKind.NoReplicas,
            _ => RedisErrorKind.General,
        };
        return kind is RedisErrorKind.Moved or RedisErrorKind.Ask && RedisRedirectException.TryOf(kind, error) is { } redirect
            ? redirect
            : new RedisServerException(kind is RedisErrorKind.Moved or RedisErrorKind.Ask ? RedisErrorKind.General : kind, error);
    }
}

/// <summary>Another node of the cluster serves the slot: for good (MOVED), or for this one command, to be sent after ASKING (ASK).</summary>
internal sealed class RedisRedirectException : RedisServerException
{
    private RedisRedirectException(RedisErrorKind kind, string message, int slot, string host, int port)
        : base(kind, message) => (Slot, Host, Port) = (slot, host, port);

    public int Slot { get; }

    /// <summary>The node's host; empty: that of the node that answered.</summary>
    public string Host { get; }

    public int Port { get; }

    // "MOVED 3999 127.0.0.1:6381"; an IPv6 address has colons of its own, so the last one counts.
    internal static RedisRedirectException? TryOf(RedisErrorKind kind, string error)
    {
        const int SlotsOfACluster = 16384;
        var words = error.Split(' ');
        var colon = words.Length == 3 ? words[2].LastIndexOf(':') : -1;
        return colon >= 0
            && int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var slot) && slot < SlotsOfACluster
            && int.TryParse(words[2].AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= ushort.MaxValue
                ? new(kind, error, slot, words[2][..colon], port)
                : null;
    }
}
