using System.Text;

namespace Larder.Data;

/// <summary>
/// Finds the <c>@name</c> parameters of a SQL text, outside of strings, quoted identifiers and comments, as PostgreSQL delimits them:
/// comments nest, <c>E'…'</c> escapes with backslashes, and <c>$tag$…$tag$</c> is a string.
/// </summary>
internal static class SqlParameterNames
{
    /// <summary>The distinct names in order of first appearance, without the @.</summary>
    public static IReadOnlyList<string> Find(string sql) => Split(sql, positional: null);

    /// <summary>The text with <c>$1</c> for the first of the names that <see cref="Find"/> gives, and so on.</summary>
    public static string ToPositional(string sql)
    {
        var positional = new StringBuilder(sql.Length);
        Split(sql, positional);
        return positional.ToString();
    }

    private static List<string> Split(string sql, StringBuilder? positional)
    {
        var names = new List<string>();
        var i = 0;
        while (i < sql.Length)
        {
            var start = i;
            if (sql[i] == '@' && IsNamePart(At(sql, i + 1)) && !IsWordPart(At(sql, i - 1)) && At(sql, i - 1) != '@')
            {
                i++;
                while (IsNamePart(At(sql, i)))
                {
                    i++;
                }

                var name = sql[(start + 1)..i];
                if (!names.Contains(name, StringComparer.Ordinal))
                {
                    names.Add(name);
                }

                positional?.Append('$').Append(names.IndexOf(name) + 1);
            }
            else
            {
                i = AfterToken(sql, i);
                positional?.Append(sql, start, i - start);
            }
        }

        return names;
    }

    /// <summary>Past the string, quoted identifier or comment that begins here; past one character where none does.</summary>
    private static int AfterToken(string sql, int i) => sql[i] switch
    {
        '\'' when At(sql, i - 1) is 'E' or 'e' && !IsWordPart(At(sql, i - 2)) => AfterEscapedString(sql, i + 1),
        '\'' or '"' or '`' => After(sql, i + 1, sql[i].ToString()),
        '-' when At(sql, i + 1) == '-' => After(sql, i, "\n"),
        '/' when At(sql, i + 1) == '*' => AfterComment(sql, i + 2),
        '$' when !IsWordPart(At(sql, i - 1)) => AfterDollar(sql, i),
        _ => i + 1,
    };

    private static int AfterEscapedString(string sql, int i)
    {
        while (i < sql.Length && sql[i] != '\'')
        {
            i += sql[i] == '\\' ? 2 : 1;
        }

        return Math.Min(i + 1, sql.Length);
    }

    private static int AfterComment(string sql, int i)
    {
        for (var depth = 1; i < sql.Length; i++)
        {
            var pair = (sql[i], At(sql, i + 1));
            if (pair == ('/', '*'))
            {
                depth++;
                i++;
            }
            else if (pair == ('*', '/'))
            {
                i++;
                if (--depth == 0)
                {
                    return i + 1;
                }
            }
        }

        return sql.Length;
    }

    /// <summary><c>$1</c> is a positional parameter; a tag does not begin with a digit.</summary>
    private static int AfterDollar(string sql, int i)
    {
        var end = i + 1;
        while (IsWordPart(At(sql, end)) && At(sql, end) != '$')
        {
            end++;
        }

        var isTag = At(sql, end) == '$' && !char.IsAsciiDigit(At(sql, i + 1));
        return isTag ? After(sql, end + 1, sql[i..(end + 1)]) : i + 1;
    }

    private static char At(string sql, int i) => i >= 0 && i < sql.Length ? sql[i] : '\0';

    private static int After(string sql, int from, string end)
    {
        var at = sql.IndexOf(end, Math.Min(from, sql.Length), StringComparison.Ordinal);
        return at < 0 ? sql.Length : at + end.Length;
    }

    private static bool IsNamePart(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';

    private static bool IsWordPart(char c) => char.IsLetterOrDigit(c) || c is '_' or '$';
}
