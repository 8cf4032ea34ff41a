using System.Text;

namespace Larder.Redis.Resp;

/// <summary>A command's name, encoded once: one word, or two as in <c>CLIENT ID</c>.</summary>
internal sealed class RespVerb
{
    // They change what a shared connection is, or are answered with no reply or with many.
    private static readonly string[] NotOnSharedConnections =
        ["SUBSCRIBE", "PSUBSCRIBE", "SSUBSCRIBE", "UNSUBSCRIBE", "PUNSUBSCRIBE", "SUNSUBSCRIBE", "MONITOR", "QUIT", "RESET", "SYNC", "PSYNC", "CLIENT REPLY", "MULTI", "EXEC", "WATCH"];

    /// <exception cref="ArgumentException">The command cannot be run on a connection that others share.</exception>
    public RespVerb(string name)
    {
        if (NotOnSharedConnections.Contains(name, StringComparer.OrdinalIgnoreCase))
        {
            throw new ArgumentException($"{name} cannot be run on a connection that others share.", nameof(name));
        }

        Name = name;
        var words = name.Split(' ');
        WordCount = words.Length;
        Encoded = Encoding.ASCII.GetBytes(string.Concat(words.Select(word => $"${word.Length}\r\n{word}\r\n")));
    }

    public string Name { get; }

    public int WordCount { get; }

    /// <summary>The words as strings of RESP.</summary>
    public byte[] Encoded { get; }

    public override string ToString() => Name;
}
