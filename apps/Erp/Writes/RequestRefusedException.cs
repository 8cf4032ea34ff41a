namespace Erp.Writes;

/// <summary>The request cannot be done, and the caller is told why. Thrown inside a write, it also rolls the transaction back.</summary>
internal sealed class RequestRefusedException : Exception
{
    private RequestRefusedException(int statusCode, string title, string detail) : base(detail)
    {
        StatusCode = statusCode;
        Title = title;
    }

    public int StatusCode { get; }

    public string Title { get; }

    public IReadOnlyDictionary<string, string[]> Errors { get; private init; } = new Dictionary<string, string[]>();

    /// <summary>Further members of the problem, for programs that do not read sentences.</summary>
    public IReadOnlyDictionary<string, object?> Extensions { get; private init; } = new Dictionary<string, object?>();

    public static RequestRefusedException Invalid(RequestErrors errors) =>
        new(StatusCodes.Status400BadRequest, "The request is not valid.", "See errors: each names a member of the request.")
        {
            Errors = errors.ToDictionary(),
        };

    public static RequestRefusedException Invalid(string path, string message)
    {
        var errors = new RequestErrors();
        errors.Add(path, message);
        return Invalid(errors);
    }

    public static RequestRefusedException Unknown(RequestErrors errors)
    {
        var byPath = errors.ToDictionary();
        return new(StatusCodes.Status404NotFound, "Not found.", string.Join(' ', byPath.Values.SelectMany(messages => messages).Take(5)))
        {
            Errors = byPath,
        };
    }

    public static RequestRefusedException Unknown(string path, string message)
    {
        var errors = new RequestErrors();
        errors.Add(path, message);
        return Unknown(errors);
    }

    public static RequestRefusedException Conflict(string detail, params (string Name, object? Value)[] extensions) =>
        new(StatusCodes.Status409Conflict, "The request conflicts with the present state.", detail)
        {
            Extensions = extensions.ToDictionary(pair => pair.Name, pair => pair.Value),
        };

    public static RequestRefusedException Conflict(RequestErrors errors, params (string Name, object? Value)[] extensions)
    {
        var byPath = errors.ToDictionary();
        return new(
            StatusCodes.Status409Conflict,
            "The request conflicts with the present state.",
            string.Join(' ', byPath.Values.SelectMany(messages => messages).Take(5)))
        {
            Errors = byPath,
            Extensions = extensions.ToDictionary(pair => pair.Name, pair => pair.Value),
        };
    }

    public static RequestRefusedException BodyTooLarge(int limit) =>
        new(StatusCodes.Status413PayloadTooLarge, "The body is too large.", $"The body may have at most {limit} bytes.");

    public static RequestRefusedException NotJson(string? contentType) =>
        new(
            StatusCodes.Status415UnsupportedMediaType,
            "The body is not JSON.",
            contentType is null
                ? "The body needs the Content-Type application/json."
                : "The Content-Type must be application/json in UTF-8.");

    public static RequestRefusedException KeyReused() =>
        new(
            StatusCodes.Status422UnprocessableEntity,
            "The Idempotency-Key was used with another body.",
            "This Idempotency-Key already has an answer, and it belongs to another body. Take a new key for a new request.");
}
