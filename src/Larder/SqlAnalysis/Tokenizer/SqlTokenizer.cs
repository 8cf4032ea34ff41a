namespace Larder.SqlAnalysis.Tokenizer;

/// <summary>
/// Cuts SQL into tokens without allocating: white space and comments vanish, everything else becomes a token, and no input throws.
/// Every branch moves forward and none looks at a character more than a constant number of times, so the time is linear.
/// </summary>
internal ref struct SqlTokenizer(ReadOnlySpan<char> text, SqlDialect dialect)
{
    private const string PostgreSqlOperators = "+-*/<>=~!@#%^&|`?";

    private readonly ReadOnlySpan<char> _text = text;
    private readonly bool _isPostgreSql = dialect == SqlDialect.PostgreSql;
    private int _at;

    /// <summary>Reads the next token; false at the end.</summary>
    public bool TryRead(out SqlToken token)
    {
        while (_at < _text.Length)
        {
            var start = _at;
            var kind = ReadKind();
            if (kind is { } found)
            {
                token = new SqlToken(found, start, _at - start);
                return true;
            }
        }

        token = default;
        return false;
    }

    // Null: white space or a comment.
    private SqlTokenKind? ReadKind()
    {
        var c = _text[_at];
        if (c is ' ' or '\t' or '\n' or '\r' or '\f' || (c == '\v' && _isPostgreSql))
        {
            _at++;
            return null;
        }

        var next = Peek(1);
        if (c == '-' && next == '-')
        {
            SkipLine();
            return null;
        }

        if (c == '/' && next == '*')
            return SkipComment() ? null : SqlTokenKind.Unknown;
        if (IsNameStart(c))
            return ReadWord(c, next);
        if (char.IsAsciiDigit(c) || (c == '.' && char.IsAsciiDigit(next)))
            return ReadNumber();
        return c switch
        {
            '\'' => ReadText(),
            '"' => ReadQuoted('"', SqlTokenKind.QuotedName),
            '`' when !_isPostgreSql => ReadQuoted('`', SqlTokenKind.QuotedName),
            '[' when !_isPostgreSql => ReadBracketed(),
            '$' => ReadDollar(),
            '@' or ':' when IsNamePart(next) && next != '$' => ReadNamedParameter(),
            '?' when !_isPostgreSql => ReadNumberedParameter(),
            _ => ReadSign(c, next),
        };
    }

    private SqlTokenKind ReadSign(char c, char next)
    {
        var single = c switch
        {
            ',' => SqlTokenKind.Comma,
            '.' => SqlTokenKind.Dot,
            ';' => SqlTokenKind.Semicolon,
            '(' => SqlTokenKind.Open,
            ')' => SqlTokenKind.Close,
            '[' => SqlTokenKind.OpenBracket,
            ']' => SqlTokenKind.CloseBracket,
            _ => SqlTokenKind.Unknown,
        };
        if (single != SqlTokenKind.Unknown)
        {
            _at++;
            return single;
        }

        if (c == ':' && _isPostgreSql)
        {
            _at += next is ':' or '=' ? 2 : 1;
            return SqlTokenKind.Operator;
        }

        return _isPostgreSql ? ReadPostgreSqlOperator(c) : ReadSqliteOperator(c, next);
    }

    private SqlTokenKind ReadSqliteOperator(char c, char next)
    {
        if (!"+-*/<>=!|&~%".Contains(c))
        {
            _at++;
            return SqlTokenKind.Unknown;
        }

        var isPair = (c, next) is ('|', '|') or ('<', '=') or ('<', '>') or ('<', '<') or ('>', '=') or ('>', '>') or ('=', '=') or ('!', '=')
            or ('-', '>');
        _at += isPair ? 2 : 1;
        if (c == '-' && isPair && Peek(0) == '>')
            _at++;
        return SqlTokenKind.Operator;
    }

    // An operator ends before a comment and, where it holds none of ~ ! @ # % ^ & | ` ?, does not end in a sign. A driver replaces
    // named parameters before the server reads the text, so "=@id" is "=" and a parameter.
    private SqlTokenKind ReadPostgreSqlOperator(char c)
    {
        if (!PostgreSqlOperators.Contains(c))
        {
            _at++;
            return SqlTokenKind.Unknown;
        }

        var start = _at;
        var keepsSign = false;
        while (_at < _text.Length && PostgreSqlOperators.Contains(_text[_at]))
        {
            var (here, next) = (_text[_at], Peek(1));
            if (_at > start && ((here == '-' && next == '-') || (here == '/' && next == '*') || (here == '@' && IsNamePart(next))))
                break;
            keepsSign |= here is '~' or '!' or '@' or '#' or '%' or '^' or '&' or '|' or '`' or '?';
            _at++;
        }

        while (!keepsSign && _at > start + 1 && _text[_at - 1] is '+' or '-')
            _at--;
        return SqlTokenKind.Operator;
    }

    private SqlTokenKind ReadWord(char c, char next)
    {
        if (next == '\'')
        {
            var isPrefix = _isPostgreSql ? c is 'e' or 'E' or 'b' or 'B' or 'x' or 'X' or 'n' or 'N' : c is 'x' or 'X';
            if (isPrefix)
            {
                _at++;
                var kind = c is 'e' or 'E' ? ReadEscaped() : ReadQuoted('\'', SqlTokenKind.OpaqueText);
                return kind == SqlTokenKind.Unknown ? kind : SqlTokenKind.OpaqueText;
            }
        }

        if (_isPostgreSql && c is 'u' or 'U' && next == '&' && Peek(2) is '\'' or '"')
        {
            _at += 2;
            return _text[_at] == '"' ? ReadQuoted('"', SqlTokenKind.Unknown) : ReadQuoted('\'', SqlTokenKind.OpaqueText);
        }

        while (_at < _text.Length && IsNamePart(_text[_at]))
            _at++;
        return SqlTokenKind.Word;
    }

    private SqlTokenKind ReadNumber()
    {
        while (_at < _text.Length)
        {
            var c = _text[_at];
            var isExponentSign = c is '+' or '-' && _text[_at - 1] is 'e' or 'E' && char.IsAsciiDigit(Peek(1));
            if (!isExponentSign && !char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_'))
                break;
            _at++;
        }

        return SqlTokenKind.Number;
    }

    // A backslash in a plain literal means itself only under standard_conforming_strings, which a session can turn off.
    private SqlTokenKind ReadText()
    {
        var start = _at;
        var kind = ReadQuoted('\'', SqlTokenKind.Text);
        return kind == SqlTokenKind.Text && _isPostgreSql && _text[start.._at].Contains('\\') ? SqlTokenKind.OpaqueText : kind;
    }

    private SqlTokenKind ReadQuoted(char quote, SqlTokenKind kind)
    {
        _at++;
        while (_at < _text.Length)
        {
            var end = _text[_at..].IndexOf(quote);
            if (end < 0)
                break;
            _at += end + 1;
            if (Peek(0) != quote)
                return kind;
            _at++;
        }

        _at = _text.Length;
        return SqlTokenKind.Unknown;
    }

    private SqlTokenKind ReadEscaped()
    {
        _at++;
        while (_at < _text.Length)
        {
            var c = _text[_at];
            if (c == '\'' && Peek(1) != '\'')
            {
                _at++;
                return SqlTokenKind.OpaqueText;
            }

            _at += c is '\\' or '\'' ? 2 : 1;
        }

        _at = _text.Length;
        return SqlTokenKind.Unknown;
    }

    private SqlTokenKind ReadBracketed()
    {
        var end = _text[_at..].IndexOf(']');
        _at = end < 0 ? _text.Length : _at + end + 1;
        return end < 0 ? SqlTokenKind.Unknown : SqlTokenKind.QuotedName;
    }

    // PostgreSQL: $1, or $tag$ text $tag$. SQLite: $name.
    private SqlTokenKind ReadDollar()
    {
        var start = _at++;
        while (_at < _text.Length && IsNamePart(_text[_at]) && _text[_at] != '$')
            _at++;
        if (!_isPostgreSql)
            return _at > start + 1 ? SqlTokenKind.Parameter : SqlTokenKind.Unknown;
        if (_at > start + 1 && char.IsAsciiDigit(_text[start + 1]))
            return SqlTokenKind.Parameter;
        if (Peek(0) != '$')
            return SqlTokenKind.Unknown;

        var tag = _text[start..++_at];
        var end = _text[_at..].IndexOf(tag);
        _at = end < 0 ? _text.Length : _at + end + tag.Length;
        return end < 0 ? SqlTokenKind.Unknown : SqlTokenKind.OpaqueText;
    }

    private SqlTokenKind ReadNamedParameter()
    {
        _at++;
        while (_at < _text.Length && IsNamePart(_text[_at]) && _text[_at] != '$')
            _at++;
        return SqlTokenKind.Parameter;
    }

    private SqlTokenKind ReadNumberedParameter()
    {
        _at++;
        while (_at < _text.Length && char.IsAsciiDigit(_text[_at]))
            _at++;
        return SqlTokenKind.Parameter;
    }

    private void SkipLine()
    {
        var rest = _text[_at..];
        var end = _isPostgreSql ? rest.IndexOfAny('\n', '\r') : rest.IndexOf('\n');
        _at = end < 0 ? _text.Length : _at + end;
    }

    // SQLite ends an open comment with the text; PostgreSQL's comments nest and must be closed.
    private bool SkipComment()
    {
        _at += 2;
        var depth = 1;
        while (_at < _text.Length && depth > 0)
        {
            if (_text[_at] == '*' && Peek(1) == '/')
            {
                depth--;
                _at += 2;
            }
            else if (_isPostgreSql && _text[_at] == '/' && Peek(1) == '*')
            {
                depth++;
                _at += 2;
            }
            else
            {
                _at++;
            }
        }

        return depth == 0 || !_isPostgreSql;
    }

    private char Peek(int ahead) => _at + ahead < _text.Length ? _text[_at + ahead] : '\0';

    private static bool IsNameStart(char c) => char.IsAsciiLetter(c) || c == '_' || c >= 0x80;

    private static bool IsNamePart(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '$' || c >= 0x80;
}
