using System.Buffers;
using System.Text;

namespace Larder.Redis.Resp;

/// <summary>
/// One argument of a command. Bytes are not copied here: they must not change before the command's task has completed, which it does not do
/// while the connection still reads them.
/// </summary>
internal readonly struct RespArgument
{
    private readonly ReadOnlySequence<byte> _bytes;
    private readonly string? _text;
    private readonly long _number;
    private readonly Form _form;

    private RespArgument(Form form, ReadOnlySequence<byte> bytes = default, string? text = null, long number = 0) =>
        (_form, _bytes, _text, _number) = (form, bytes, text, number);

    private enum Form : byte
    {
        Bytes,
        Text,
        Number,
    }

    /// <summary>The most bytes the argument can take when encoded.</summary>
    public long MaxBytes => _form switch
    {
        Form.Bytes => _bytes.Length,
        Form.Text => Encoding.UTF8.GetMaxByteCount(_text!.Length),
        _ => MaxNumberBytes,
    };

    /// <summary>The bytes of an argument that is made of bytes.</summary>
    public ReadOnlySequence<byte> Bytes => _bytes;

    public bool IsBytes => _form == Form.Bytes;

    internal const int MaxNumberBytes = 20;

    public static implicit operator RespArgument(string text) => new(Form.Text, text: text);

    public static implicit operator RespArgument(long number) => new(Form.Number, number: number);

    public static implicit operator RespArgument(byte[] bytes) => new(Form.Bytes, new(bytes));

    public static implicit operator RespArgument(ReadOnlyMemory<byte> bytes) => new(Form.Bytes, new(bytes));

    public static implicit operator RespArgument(ReadOnlySequence<byte> bytes) => new(Form.Bytes, bytes);

    /// <summary>Encodes the argument itself, without framing.</summary>
    /// <returns>The bytes written.</returns>
    public int Encode(Span<byte> destination)
    {
        switch (_form)
        {
            case Form.Bytes:
                _bytes.CopyTo(destination);
                return (int)_bytes.Length;
            case Form.Text:
                return Encoding.UTF8.GetBytes(_text, destination);
            default:
                _number.TryFormat(destination, out var written);
                return written;
        }
    }
}
