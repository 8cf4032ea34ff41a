using System.Buffers;
using Larder.AspNetCore.ResponseCaching;
using Microsoft.Extensions.Primitives;

namespace Larder.Tests.AspNetCore.ResponseCaching;

public sealed class CachedResponseSerializerTests
{
    private readonly CachedResponseSerializer _serializer = new();

    [Fact]
    public void Deserialize_WhatWasSerialized_IsTheSameResponse()
    {
        var response = new CachedResponse
        {
            Body = "{\"cached\":true}"u8.ToArray(),
            CachedAt = 10,
            IsFromCache = true,
            InitialAge = TimeSpan.FromSeconds(1.5),
            ContentType = "application/json",
            ETag = "W/\"x\"",
            CacheControl = "public",
            Headers = [new("Link", new StringValues(["a", "b"])), new("X-é", "ö")],
        };

        var read = _serializer.Deserialize(new(Serialized(response)));

        Assert.Equal((200, 10, true, TimeSpan.FromSeconds(1.5), "application/json", "W/\"x\"", "public"),
            (read.StatusCode, read.CachedAt, read.IsFromCache, read.InitialAge, read.ContentType.ToString(), read.ETag.ToString(), read.CacheControl.ToString()));
        Assert.Equal(response.Headers, read.Headers);
        Assert.Equal(response.Body.ToArray(), read.Body.ToArray());
        Assert.Null(read.Problem);
        Assert.Equal(response.SizeInBytes, read.SizeInBytes);
    }

    [Fact]
    public void Deserialize_AProblem_IsTheSameProblem()
    {
        var problem = new ResponseProblem(404, "There is no product with id 7.");

        Assert.Equal(problem, _serializer.Deserialize(new(Serialized(new CachedResponse { StatusCode = 404, Problem = problem }))).Problem);
    }

    [Fact]
    public void Deserialize_AnotherVersion_IsRefused()
    {
        var bytes = Serialized(new CachedResponse());
        bytes[0]++;

        Assert.Throws<FormatException>(() => _serializer.Deserialize(new(bytes)));
    }

    private byte[] Serialized(CachedResponse response)
    {
        var buffer = new ArrayBufferWriter<byte>();
        _serializer.Serialize(response, buffer);
        return buffer.WrittenSpan.ToArray();
    }
}
