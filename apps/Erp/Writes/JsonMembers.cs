using System.Text.Json;

namespace Erp.Writes;

/// <summary>The members of one JSON object of a body. Reading a member checks it; what is wrong goes to the <see cref="RequestErrors"/> with its path.</summary>
/// <remarks>A required member must be there and not null; an optional one may be absent or null, which mean the same. A reader returns null after an error too.</remarks>
internal sealed class JsonMembers
{
    private const int MaxNameLength = 100;

    // No number of the ERP has more digits than a decimal keeps exactly.
    private const int MaxNumberLength = 28;

    private readonly Dictionary<string, JsonElement> _members = [];
    private readonly HashSet<string> _known = [];
    private readonly string _prefix;
    private readonly RequestErrors _errors;

    private JsonMembers(string prefix, RequestErrors errors)
    {
        _prefix = prefix;
        _errors = errors;
    }

    /// <summary>Null when the element is no object; the error is noted.</summary>
    public static JsonMembers? From(JsonElement element, string path, RequestErrors errors)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            errors.Add(path, $"Must be an object, not {Kind(element)}.");
            return null;
        }
        var members = new JsonMembers(path == RequestErrors.Body ? "" : path + ".", errors);
        foreach (var property in element.EnumerateObject())
        {
            if (NameOf(property) is not { } name)
                errors.Add(path, "A member's name has an unpaired surrogate.");
            else if (!members._members.TryAdd(name, property.Value))
                errors.Add(members.PathOf(name), "Is given more than once.");
        }
        return members;
    }

    public string PathOf(string name) => _prefix + (name.Length <= MaxNameLength ? name : name[..MaxNameLength] + "…");

    public void Refuse(string name, string message) => _errors.Add(PathOf(name), message);

    /// <summary>True when the member is there, be it null.</summary>
    public bool Has(string name)
    {
        _known.Add(name);
        return _members.ContainsKey(name);
    }

    public bool IsNull(string name) => Has(name) && _members[name].ValueKind == JsonValueKind.Null;

    public long? RequiredId(string name) => Take(name, isRequired: true) is { } element ? Id(name, element) : null;

    public long? OptionalId(string name) => Take(name, isRequired: false) is { } element ? Id(name, element) : null;

    public int? RequiredInteger(string name, int minimum, int maximum)
    {
        if (Take(name, isRequired: true) is not { } element)
            return null;
        if (element.ValueKind == JsonValueKind.Number && element.TryGetInt64(out var value) && value >= minimum && value <= maximum)
            return (int)value;
        Refuse(name, $"Must be a whole number from {minimum} to {maximum}.");
        return null;
    }

    public decimal? RequiredDecimal(string name, decimal minimum, decimal maximum, int places) =>
        Take(name, isRequired: true) is { } element ? Decimal(name, element, minimum, maximum, places) : null;

    public decimal? OptionalDecimal(string name, decimal minimum, decimal maximum, int places) =>
        Take(name, isRequired: false) is { } element ? Decimal(name, element, minimum, maximum, places) : null;

    public bool? RequiredFlag(string name)
    {
        if (Take(name, isRequired: true) is not { } element)
            return null;
        if (element.ValueKind is JsonValueKind.True or JsonValueKind.False)
            return element.GetBoolean();
        Refuse(name, $"Must be true or false, not {Kind(element)}.");
        return null;
    }

    public string? RequiredText(string name, int maxLength) =>
        Take(name, isRequired: true) is { } element ? Text(name, element, maxLength) : null;

    public string? OptionalText(string name, int maxLength) =>
        Take(name, isRequired: false) is { } element ? Text(name, element, maxLength) : null;

    public string? RequiredWord(string name, IReadOnlyCollection<string> words)
    {
        if (Take(name, isRequired: true) is not { } element)
            return null;
        if (element.ValueKind == JsonValueKind.String && StringOf(element) is { } word && words.Contains(word))
            return word;
        Refuse(name, $"Must be one of: {string.Join(", ", words)}.");
        return null;
    }

    /// <summary>RFC 3339 with an offset; the result is in UTC.</summary>
    public DateTimeOffset? OptionalTime(string name)
    {
        if (Take(name, isRequired: false) is not { } element)
            return null;
        if (element.ValueKind == JsonValueKind.String
            && StringOf(element) is { } text && HasOffset(text) && element.TryGetDateTimeOffset(out var time))
            return time.ToUniversalTime();
        Refuse(name, "Must be a time as in RFC 3339 with an offset, for example 2025-01-31T09:30:00Z.");
        return null;
    }

    /// <summary>An array of 1 to <paramref name="maximum"/> objects. Empty after an error.</summary>
    public IReadOnlyList<JsonMembers> RequiredObjects(string name, int maximum)
    {
        if (Take(name, isRequired: true) is not { } element)
            return [];
        if (element.ValueKind != JsonValueKind.Array)
        {
            Refuse(name, $"Must be an array, not {Kind(element)}.");
            return [];
        }
        var length = element.GetArrayLength();
        if (length == 0 || length > maximum)
        {
            Refuse(name, $"Must have 1 to {maximum} elements, not {length}.");
            return [];
        }
        return element.EnumerateArray()
            .Select((item, i) => From(item, $"{PathOf(name)}[{i}]", _errors))
            .OfType<JsonMembers>()
            .ToList();
    }

    /// <summary>Notes every member that nobody asked for. Called when the object is read.</summary>
    public void RefuseUnknown()
    {
        foreach (var name in _members.Keys.Where(name => !_known.Contains(name)))
            Refuse(name, $"Is not known here; known are: {string.Join(", ", _known.Order(StringComparer.Ordinal))}.");
    }

    private JsonElement? Take(string name, bool isRequired)
    {
        _known.Add(name);
        if (!_members.TryGetValue(name, out var element))
        {
            if (isRequired)
                Refuse(name, "Is required.");
            return null;
        }
        if (element.ValueKind != JsonValueKind.Null)
            return element;
        if (isRequired)
            Refuse(name, "Must not be null.");
        return null;
    }

    private long? Id(string name, JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.Number && element.TryGetInt64(out var value) && value > 0)
            return value;
        Refuse(name, "Must be an id: a positive whole number.");
        return null;
    }

    private decimal? Decimal(string name, JsonElement element, decimal minimum, decimal maximum, int places)
    {
        if (element.ValueKind == JsonValueKind.Number && element.GetRawText().Length <= MaxNumberLength
            && element.TryGetDecimal(out var value) && value >= minimum && value <= maximum && value == decimal.Round(value, places))
            return value;
        Refuse(name, $"Must be a number from {minimum} to {maximum} with at most {places} decimals.");
        return null;
    }

    private string? Text(string name, JsonElement element, int maxLength)
    {
        if (element.ValueKind != JsonValueKind.String)
        {
            Refuse(name, $"Must be a text, not {Kind(element)}.");
            return null;
        }
        if (StringOf(element) is not { } text)
        {
            Refuse(name, "Has an unpaired surrogate.");
            return null;
        }
        // PostgreSQL keeps every character but this one.
        if (text.Contains('\0', StringComparison.Ordinal))
        {
            Refuse(name, "Must not contain U+0000.");
            return null;
        }
        if (string.IsNullOrWhiteSpace(text) || text.Length > maxLength)
        {
            Refuse(name, $"Must have 1 to {maxLength} characters and not only white space.");
            return null;
        }
        return text;
    }

    private static bool HasOffset(string text) =>
        text.EndsWith('Z') || (text.Length > 6 && text[^6] is '+' or '-' && text[^3] == ':');

    // An escape like \ud800 without its second half passes the parser and fails here.
    private static string? StringOf(JsonElement element)
    {
        try
        {
            return element.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static string? NameOf(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static string Kind(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a text",
        JsonValueKind.Number => "a number",
        JsonValueKind.Null => "null",
        _ => "true or false",
    };
}
