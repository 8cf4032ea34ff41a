namespace Larder.Redis.Resp;

/// <summary>What an element of RESP is, by the byte it begins with on the wire.</summary>
internal enum RespType : byte
{
    None = 0,
    SimpleString = (byte)'+',
    Error = (byte)'-',
    Integer = (byte)':',
    Bulk = (byte)'$',
    Array = (byte)'*',
    Null = (byte)'_',
    Double = (byte)',',
    Boolean = (byte)'#',
    BlobError = (byte)'!',
    Verbatim = (byte)'=',
    BigNumber = (byte)'(',
    Map = (byte)'%',
    Set = (byte)'~',
    Attribute = (byte)'|',
    Push = (byte)'>',
}
