namespace Erp.Writes;

/// <summary>Collects everything that is wrong with one request, by the JSON path of the member: <c>items[0].quantity</c>, or <c>$</c> for the whole body.</summary>
internal sealed class RequestErrors
{
    /// <summary>The path of the body itself.</summary>
    public const string Body = "$";

    private const int MaxMessages = 100;

    private readonly Dictionary<string, List<string>> _messages = [];
    private int _count;

    public bool IsEmpty => _count == 0;

    /// <summary>Adds one message. From the hundredth on nothing is added: the answer to a bad request stays short.</summary>
    public void Add(string path, string message)
    {
        if (++_count > MaxMessages)
            return;
        if (!_messages.TryGetValue(path, out var ofPath))
            _messages[path] = ofPath = [];
        ofPath.Add(message);
    }

    public Dictionary<string, string[]> ToDictionary() =>
        _messages.ToDictionary(pair => pair.Key, pair => pair.Value.ToArray());

    /// <exception cref="RequestRefusedException">There is an error: 400.</exception>
    public void ThrowIfAny()
    {
        if (!IsEmpty)
            throw RequestRefusedException.Invalid(this);
    }

    /// <exception cref="RequestRefusedException">There is an error: 404, for ids that name nothing.</exception>
    public void ThrowIfAnyUnknown()
    {
        if (!IsEmpty)
            throw RequestRefusedException.Unknown(this);
    }
}
