using System.Runtime.InteropServices;

namespace Larder.SqlAnalysis.Tokenizer;

/// <summary>The tokens of a text in an array, with the keyword of each word and the partner of each parenthesis.</summary>
internal sealed class SqlTokens
{
    private readonly Entry[] _entries;

    private SqlTokens(string text, SqlDialect dialect, Entry[] entries, bool isBalanced)
    {
        Text = text;
        Dialect = dialect;
        _entries = entries;
        IsBalanced = isBalanced;
    }

    public string Text { get; }

    public SqlDialect Dialect { get; }

    public int Count => _entries.Length;

    /// <summary>Whether every parenthesis has a partner.</summary>
    public bool IsBalanced { get; }

    public static SqlTokens Read(string text, SqlDialect dialect)
    {
        var entries = new List<Entry>((text.Length / 5) + 4);
        var open = new Stack<int>();
        var isBalanced = true;
        var tokenizer = new SqlTokenizer(text, dialect);
        while (tokenizer.TryRead(out var token))
        {
            var match = -1;
            var at = entries.Count;
            if (token.Kind == SqlTokenKind.Open)
            {
                open.Push(at);
            }
            else if (token.Kind == SqlTokenKind.Close)
            {
                isBalanced &= open.TryPop(out match);
                if (isBalanced)
                    CollectionsMarshal.AsSpan(entries)[match].Match = at;
            }

            var keyword = token.Kind == SqlTokenKind.Word ? SqlKeywords.Find(text.AsSpan(token.Start, token.Length)) : SqlKeyword.None;
            entries.Add(new Entry { Token = token, Keyword = keyword, Match = match, Outer = open.TryPeek(out var outer) && outer != at ? outer : -1 });
        }

        return new SqlTokens(text, dialect, [.. entries], isBalanced && open.Count == 0);
    }

    public SqlTokenKind Kind(int at) => IsWithin(at) ? _entries[at].Token.Kind : SqlTokenKind.Unknown;

    /// <summary>The keyword at a place, <see cref="SqlKeyword.None"/> where there is none.</summary>
    public SqlKeyword Keyword(int at) => IsWithin(at) ? _entries[at].Keyword : SqlKeyword.None;

    public bool Is(int at, SqlKeyword keyword) => Keyword(at) == keyword;

    /// <summary>The index of the parenthesis that closes the one at a place.</summary>
    public int Match(int open) => IsWithin(open) ? _entries[open].Match : open;

    /// <summary>The parenthesis around a token, -1 at the top. Of an opening parenthesis none is known.</summary>
    public int Outer(int at) => IsWithin(at) ? _entries[at].Outer : -1;

    /// <summary>The place after a token, or after the group that it opens.</summary>
    public int After(int at) => Kind(at) == SqlTokenKind.Open ? Match(at) + 1 : at + 1;

    public ReadOnlySpan<char> Span(int at) => !IsWithin(at) ? default : Text.AsSpan(_entries[at].Token.Start, _entries[at].Token.Length);

    public bool IsOperator(int at, string text) => Kind(at) == SqlTokenKind.Operator && Span(at).SequenceEqual(text);

    public bool IsWord(int at, string word) => Kind(at) == SqlTokenKind.Word && Span(at).Equals(word, StringComparison.OrdinalIgnoreCase);

    /// <summary>The text between two places, as it was written.</summary>
    public string Written(int from, int to) => from < 0 || from >= Math.Min(to, Count) ? "" : Text[StartOf(from)..EndOf(Math.Min(to, Count) - 1)];

    private bool IsWithin(int at) => (uint)at < (uint)_entries.Length;

    private int StartOf(int at) => _entries[at].Token.Start;

    private int EndOf(int at) => _entries[at].Token.Start + _entries[at].Token.Length;

    /// <summary>A name as the database compares it: folded to lower case unless PostgreSQL quotes it.</summary>
    public string Name(int at)
    {
        var span = Span(at);
        if (Kind(at) == SqlTokenKind.Word)
            return Lower(span);
        if (span.Length < 2)
            return span.ToString();
        var quote = span[0].ToString();
        var inner = span[1..^1].ToString().Replace(quote + quote, quote, StringComparison.Ordinal);
        return Dialect == SqlDialect.Sqlite ? Lower(inner) : inner;
    }

    // Only ASCII letters: both databases fold no others in UTF-8.
    private static string Lower(ReadOnlySpan<char> name) => string.Create(name.Length, name, static (target, source) =>
    {
        for (var i = 0; i < source.Length; i++)
            target[i] = char.IsAsciiLetterUpper(source[i]) ? (char)(source[i] | 0x20) : source[i];
    });

    [StructLayout(LayoutKind.Auto)]
    private struct Entry
    {
        public SqlToken Token;
        public SqlKeyword Keyword;
        public int Match;
        public int Outer;
    }
}
