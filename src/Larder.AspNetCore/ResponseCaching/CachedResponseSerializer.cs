using System.Buffers;
using System.Text;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Primitives;

namespace Larder.AspNetCore.ResponseCaching;

/// <summary>
/// A response as bytes, for a store outside of this process: a version, then each part with its length, integers little-endian. Compressed forms are not in it: they
/// are made again where they are asked for.
/// </summary>
internal sealed class CachedResponseSerializer : IHybridCacheSerializer<CachedResponse>
{
    private const byte Version = 1;

    public void Serialize(CachedResponse value, IBufferWriter<byte> target)
    {
        using var buffer = new MemoryStream();
        using (var writer = new BinaryWriter(buffer, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(Version);
            writer.Write(value.StatusCode);
            writer.Write(value.CachedAt);
            writer.Write(value.IsFromCache);
            writer.Write(value.InitialAge.Ticks);
            Write(writer, value.ContentType);
            Write(writer, value.ETag);
            Write(writer, value.CacheControl);
            writer.Write(value.Headers.Length);
            foreach (var (name, values) in value.Headers)
            {
                writer.Write(name);
                Write(writer, values);
            }

            writer.Write(value.Problem is not null);
            if (value.Problem is { } problem)
            {
                writer.Write(problem.StatusCode);
                writer.Write(problem.Detail);
                writer.Write(problem.RetryAfterSeconds ?? -1);
            }

            writer.Write(value.Body.Length);
            writer.Write(value.Body.Span);
        }

        target.Write(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
    }

    /// <exception cref="FormatException">The bytes are of another version.</exception>
    public CachedResponse Deserialize(ReadOnlySequence<byte> source)
    {
        using var reader = new BinaryReader(new MemoryStream(source.ToArray()), Encoding.UTF8);
        if (reader.ReadByte() is var version && version != Version)
        {
            throw new FormatException($"A response is of version {version}; this program reads version {Version}.");
        }

        var (statusCode, cachedAt, isFromCache) = (reader.ReadInt32(), reader.ReadInt32(), reader.ReadBoolean());
        var initialAge = TimeSpan.FromTicks(reader.ReadInt64());
        var (contentType, etag, cacheControl) = (ReadValues(reader), ReadValues(reader), ReadValues(reader));
        var headers = new KeyValuePair<string, StringValues>[reader.ReadInt32()];
        for (var i = 0; i < headers.Length; i++)
        {
            headers[i] = new(reader.ReadString(), ReadValues(reader));
        }

        var problem = reader.ReadBoolean() ? ReadProblem(reader) : null;
        var body = reader.ReadBytes(reader.ReadInt32());
        return new CachedResponse
        {
            StatusCode = statusCode,
            CachedAt = cachedAt,
            IsFromCache = isFromCache,
            InitialAge = initialAge,
            ContentType = contentType,
            ETag = etag,
            CacheControl = cacheControl,
            Headers = headers,
            Problem = problem,
            Body = body,
            Encoded = statusCode == 200 ? EncodedBodies.For(body.Length, contentType) : EncodedBodies.None,
        };
    }

    private static void Write(BinaryWriter writer, StringValues values)
    {
        writer.Write(values.Count);
        foreach (var value in values)
        {
            writer.Write(value ?? "");
        }
    }

    private static StringValues ReadValues(BinaryReader reader)
    {
        var values = new string[reader.ReadInt32()];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = reader.ReadString();
        }

        return values.Length == 1 ? new(values[0]) : new(values);
    }

    private static ResponseProblem ReadProblem(BinaryReader reader)
    {
        var (status, detail, retryAfter) = (reader.ReadInt32(), reader.ReadString(), reader.ReadInt32());
        return new(status, detail, retryAfter < 0 ? null : retryAfter);
    }
}
