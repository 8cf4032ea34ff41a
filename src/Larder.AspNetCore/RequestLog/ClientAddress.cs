using System.Net;

namespace Larder.AspNetCore.RequestLog;

/// <summary>
/// Who the client is: the peer of the connection, unless that is a trusted proxy. Then the entries of its header are read from the last one,
/// which the proxy itself wrote, towards the first, which anybody may have: the first that is no trusted proxy is the client, and nothing
/// before it is believed.
/// </summary>
internal sealed class ClientAddress
{
    private const int MaxHops = 32;
    private const int MaxHeaderLength = 4096;

    private readonly IPNetwork[] _trusted;
    private readonly bool _isForwarded;

    public ClientAddress(RequestLogOptions options)
    {
        _trusted = [.. options.TrustedProxies.Select(proxy => TryParseNetwork(proxy, out var network) ? network : throw new FormatException(proxy))];
        _isForwarded = options.ForwardedHeader == ForwardedHeader.Forwarded;
    }

    /// <summary>The header to keep for <see cref="Of"/>; null: none is believed.</summary>
    public string? Header => _trusted.Length == 0 ? null : _isForwarded ? "Forwarded" : "X-Forwarded-For";

    public static bool TryParseNetwork(string text, out IPNetwork network)
    {
        if (text.Contains('/', StringComparison.Ordinal))
        {
            return IPNetwork.TryParse(text, out network);
        }

        var isAddress = IPAddress.TryParse(text, out var address);
        network = isAddress ? new IPNetwork(address!, address!.GetAddressBytes().Length * 8) : default;
        return isAddress;
    }

    public IPAddress? Of(IPAddress? peer, string? header)
    {
        var client = Unmapped(peer);
        if (header is null || client is null)
        {
            return client;
        }

        // The end is what the proxies wrote.
        var rest = header.AsSpan(Math.Max(0, header.Length - MaxHeaderLength));
        for (var hop = 0; hop < MaxHops && IsTrusted(client) && !rest.IsEmpty; hop++)
        {
            var comma = rest.LastIndexOf(',');
            if (!TryParse(rest[(comma + 1)..].Trim(), out var before))
            {
                // Whoever that was, the proxy that said so is as far as anybody knows.
                break;
            }

            client = before;
            rest = comma < 0 ? default : rest[..comma];
        }

        return client;
    }

    private bool IsTrusted(IPAddress address)
    {
        foreach (var network in _trusted)
        {
            if (network.Contains(address))
            {
                return true;
            }
        }

        return false;
    }

    private bool TryParse(ReadOnlySpan<char> entry, out IPAddress address)
    {
        address = IPAddress.None;
        var node = _isForwarded ? ForOf(entry) : entry;
        return !node.IsEmpty && TryParseNode(node, ref address);
    }

    /// <summary>The node after <c>for=</c> among <c>for=…;proto=…;by=…</c>, without its quotes.</summary>
    private static ReadOnlySpan<char> ForOf(ReadOnlySpan<char> element)
    {
        foreach (var range in element.Split(';'))
        {
            var pair = element[range].Trim();
            if (pair.StartsWith("for=", StringComparison.OrdinalIgnoreCase))
            {
                return pair[4..].Trim('"');
            }
        }

        return default;
    }

    /// <summary>An address with or without a port: <c>192.0.2.1</c>, <c>192.0.2.1:80</c>, <c>2001:db8::1</c>, <c>[2001:db8::1]:80</c>.</summary>
    private static bool TryParseNode(ReadOnlySpan<char> node, ref IPAddress address)
    {
        if (node[0] == '[')
        {
            var end = node.IndexOf(']');
            node = end < 0 ? default : node[1..end];
        }
        else if (node.Count(':') == 1)
        {
            node = node[..node.IndexOf(':')];
        }

        // "1" and "0x7f.1" are addresses to a parser, and written by no proxy.
        var isWhole = node.Contains(':') || node.Count('.') == 3;
        if (!isWhole || !IPAddress.TryParse(node, out var parsed))
        {
            return false;
        }

        address = Unmapped(parsed)!;
        return true;
    }

    private static IPAddress? Unmapped(IPAddress? address) => address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;
}
