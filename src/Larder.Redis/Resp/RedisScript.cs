using System.Security.Cryptography;
using System.Text;

namespace Larder.Redis.Resp;

/// <summary>A Lua script, sent by its hash; servers that do not know it yet get the text.</summary>
internal sealed class RedisScript
{
    public RedisScript(string text)
    {
        Text = text;

        // The name that EVALSHA knows a script by; nothing rests on its strength.
#pragma warning disable CA5350
        Hash = Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(text)));
#pragma warning restore CA5350
    }

    public string Text { get; }

    public string Hash { get; }
}
