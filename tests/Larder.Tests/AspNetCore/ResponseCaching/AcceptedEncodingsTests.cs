using Larder.AspNetCore.ResponseCaching;
using Microsoft.Extensions.Primitives;

namespace Larder.Tests.AspNetCore.ResponseCaching;

public sealed class AcceptedEncodingsTests
{
    [Theory]
    [InlineData(null, 0, 0, 1)]
    [InlineData("", 0, 0, 1)]
    [InlineData("gzip", 0, 1000, 1)]
    [InlineData("x-gzip", 0, 1000, 1)]
    [InlineData("gzip, deflate, br, zstd", 1000, 1000, 1)]
    [InlineData("BR;Q=0.5 , gzip;q=0.25", 500, 250, 1)]
    [InlineData("br;q=0", 0, 0, 1)]
    [InlineData("identity;q=0", 0, 0, 0)]
    [InlineData("identity;q=0, br", 1000, 0, 0)]
    [InlineData("*;q=0", 0, 0, 0)]
    [InlineData("*;q=0, identity", 0, 0, 1000)]
    [InlineData("*;q=0, identity;q=0.5", 0, 0, 500)]
    [InlineData("*", 1000, 1000, 1000)]
    [InlineData("*;q=0.3, br;q=1", 1000, 300, 300)]
    [InlineData("br; q=0.123", 123, 0, 1)]
    [InlineData("br;q=1.000", 1000, 0, 1)]
    [InlineData("br;q=1.001", 0, 0, 1)]
    [InlineData("br;q=2", 0, 0, 1)]
    [InlineData("br;q=0.1234", 0, 0, 1)]
    [InlineData("br;q=", 0, 0, 1)]
    [InlineData("br;q=a", 0, 0, 1)]
    [InlineData("brotli, gzipped", 0, 0, 1)]
    [InlineData(",,br,,", 1000, 0, 1)]
    public void Parse_Header_IsReadAsTheRfcSays(string? header, int brotli, int gzip, int identity) =>
        Assert.Equal(new AcceptedEncodings(brotli, gzip, identity), AcceptedEncodings.Parse(header is null ? default : new StringValues(header)));

    [Fact]
    public void Parse_SeveralHeaderLines_AreOneList() =>
        Assert.Equal(new AcceptedEncodings(200, 1000, 0), AcceptedEncodings.Parse(new StringValues(["gzip, identity;q=0", "br;q=0.2"])));
}
