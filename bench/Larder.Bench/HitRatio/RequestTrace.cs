using System.IO.Compression;
using System.Runtime.InteropServices;

namespace Larder.Bench.HitRatio;

/// <summary>A sequence of keys, numbered in order of first appearance.</summary>
internal sealed record RequestTrace(string Name, int[] Requests, int Keys)
{
    /// <summary>Reads gzip of little-endian 32-bit numbers.</summary>
    public static async Task<RequestTrace> ReadAsync(string path)
    {
        await using var file = File.OpenRead(path);
        await using var unzipped = new GZipStream(file, CompressionMode.Decompress);
        using var bytes = new MemoryStream();
        await unzipped.CopyToAsync(bytes);
        var numbers = MemoryMarshal.Cast<byte, uint>(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
        return Of(Path.GetFileName(path).Split('.')[0], numbers);
    }

    public static RequestTrace Of(string name, ReadOnlySpan<uint> keys)
    {
        var numbers = new Dictionary<uint, int>();
        var requests = new int[keys.Length];
        for (var i = 0; i < keys.Length; i++)
        {
            ref var number = ref CollectionsMarshal.GetValueRefOrAddDefault(numbers, keys[i], out var isKnown);
            requests[i] = number = isKnown ? number : numbers.Count - 1;
        }

        return new(name, requests, numbers.Count);
    }
}
