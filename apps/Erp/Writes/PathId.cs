using System.Globalization;

namespace Erp.Writes;

/// <summary>Reads an id from the path. It is bound as text, so that a bad one gets an answer that names it.</summary>
internal static class PathId
{
    /// <exception cref="RequestRefusedException">400: the text is not a positive whole number.</exception>
    public static long Read(string name, string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id > 0
            ? id
            : throw RequestRefusedException.Invalid(name, "Must be an id: a positive whole number.");
}
