using System.Runtime.InteropServices;

namespace Larder.SqlAnalysis.Tokenizer;

/// <summary>What a piece of SQL text is to the tokenizer.</summary>
internal enum SqlTokenKind : byte
{
    /// <summary>An unquoted name or keyword.</summary>
    Word,

    /// <summary>A quoted name.</summary>
    QuotedName,

    /// <summary>A string literal whose content is exactly what stands between its quotes.</summary>
    Text,

    /// <summary>A literal whose content is not read: escapes, bits, dollar quotes, blobs.</summary>
    OpaqueText,

    Number,
    Parameter,
    Operator,
    Comma,
    Dot,
    Semicolon,
    Open,
    Close,
    OpenBracket,
    CloseBracket,

    /// <summary>Something that no rule covers, or that has no end.</summary>
    Unknown,
}

/// <summary>A piece of a SQL text.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct SqlToken(SqlTokenKind Kind, int Start, int Length);
