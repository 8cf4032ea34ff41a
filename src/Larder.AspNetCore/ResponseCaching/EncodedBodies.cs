using System.IO.Compression;

namespace Larder.AspNetCore.ResponseCaching;

/// <summary>
/// The compressed forms of one body: made once, in the background, when a hit first asks for one, and kept only within the bytes that were counted for them when the
/// response was stored, so that the bound of the memory holds.
/// </summary>
internal sealed class EncodedBodies
{
    internal const int LeastBodyBytes = 1024;

    // Chosen by measurement, see docs/decisions/0014.
    private const int BrotliQuality = 5;
    private const int BrotliWindow = 18;
    private int _begun;
    private byte[]? _brotli;
    private byte[]? _gzip;

    private EncodedBodies(int maxBytes) => MaxBytes = maxBytes;

    public static EncodedBodies None { get; } = new(0) { _begun = 1 };

    /// <summary>The most bytes that all forms together take.</summary>
    public int MaxBytes { get; }

    public byte[]? Brotli => Volatile.Read(ref _brotli);

    public byte[]? Gzip => Volatile.Read(ref _gzip);

    /// <summary>Room for the forms of a body: three quarters of its length, for JSON of a few KB comes to a third of it in either form. What does not fit is not worth keeping.</summary>
    public static EncodedBodies For(int bodyLength, string? contentType) =>
        bodyLength >= LeastBodyBytes && IsCompressible(contentType) ? new(bodyLength / 4 * 3) : None;

    /// <summary>Whether the caller is the one to make them.</summary>
    public bool TryBegin() => Volatile.Read(ref _begun) == 0 && Interlocked.Exchange(ref _begun, 1) == 0;

    /// <summary>Lets another caller begin: the one that began had no turn.</summary>
    public void GiveBack() => Volatile.Write(ref _begun, 0);

    public void Make(ReadOnlyMemory<byte> body)
    {
        var brotli = CompressBrotli(body.Span);
        var left = MaxBytes;
        if (brotli.Length <= left)
        {
            left -= brotli.Length;
            Volatile.Write(ref _brotli, brotli);
        }

        var gzip = CompressGzip(body.Span);
        if (gzip.Length <= left)
        {
            Volatile.Write(ref _gzip, gzip);
        }
    }

    public static byte[] CompressBrotli(ReadOnlySpan<byte> body)
    {
        var compressed = new byte[BrotliEncoder.GetMaxCompressedLength(body.Length)];
        return BrotliEncoder.TryCompress(body, compressed, out var length, BrotliQuality, BrotliWindow)
            ? compressed[..length]
            : throw new InvalidOperationException("The body could not be compressed.");
    }

    public static byte[] CompressGzip(ReadOnlySpan<byte> body)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Optimal, leaveOpen: true))
        {
            gzip.Write(body);
        }

        return compressed.ToArray();
    }

    private static bool IsCompressible(string? contentType)
    {
        var type = contentType.AsSpan();
        var end = type.IndexOf(';');
        type = (end < 0 ? type : type[..end]).Trim();
        return type.StartsWith("text/", StringComparison.OrdinalIgnoreCase)
            || type.EndsWith("json", StringComparison.OrdinalIgnoreCase)
            || type.EndsWith("xml", StringComparison.OrdinalIgnoreCase)
            || type.EndsWith("javascript", StringComparison.OrdinalIgnoreCase);
    }
}
