using System.Buffers;
using System.Text;
using Larder.Redis.Resp;

namespace Larder.Redis.Tests.Resp;

public sealed class RespFrameWriterTests
{
    private static readonly RespVerb ClientId = new("CLIENT ID");

    [Fact]
    public void WriteArgument_EachForm_IsFramedWithItsLengthInBytes()
    {
        var writer = new RespFrameWriter();
        writer.BeginCommand(ClientId, 5);
        writer.WriteArgument("größe");
        writer.WriteArgument(long.MinValue);
        writer.WriteArgument(new byte[] { 1, 2 });
        writer.WriteArgument("");
        writer.WriteArgument(Frames.Cut("abc", 1));

        var expected = "*7\r\n$6\r\nCLIENT\r\n$2\r\nID\r\n$7\r\ngröße\r\n$20\r\n-9223372036854775808\r\n$2\r\n\u0001\u0002\r\n$0\r\n\r\n$3\r\nabc\r\n";
        Assert.Equal(expected, Encoding.UTF8.GetString(writer.Written.Span));
        writer.Release();
        Assert.Equal(0, writer.Length);
    }

    [Fact]
    public void WriteArgument_MoreThanTheBufferHolds_KeepsWhatIsThere()
    {
        var writer = new RespFrameWriter();
        var random = new Random(1);
        var values = Enumerable.Range(0, 200).Select(_ => new byte[random.Next(0, 3000)]).ToArray();
        writer.BeginCommand(ClientId, values.Length);
        foreach (var value in values)
        {
            random.NextBytes(value);
            writer.WriteArgument(value);
        }

        var reader = new RespReader(new ReadOnlySequence<byte>(writer.Written), RespLimits.Default);
        Assert.Equal(values.Length + 2, reader.ReadAggregate());
        Assert.Equal("CLIENT", reader.ReadString());
        Assert.Equal("ID", reader.ReadString());
        foreach (var value in values)
        {
            reader.Read();
            Assert.Equal(value, reader.GetBytes());
        }

        Assert.True(reader.IsFrameEnd);
        writer.Release();
    }

    [Theory]
    [InlineData("SUBSCRIBE")]
    [InlineData("monitor")]
    [InlineData("CLIENT REPLY")]
    [InlineData("MULTI")]
    public void RespVerb_CommandThatChangesTheConnection_IsRefused(string name) =>
        Assert.Throws<ArgumentException>(() => new RespVerb(name));
}
