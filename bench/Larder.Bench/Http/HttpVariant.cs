using Larder.Bench.Processes;

namespace Larder.Bench.Http;

/// <summary>One way of answering one request.</summary>
/// <param name="Name">For the table.</param>
/// <param name="Size">Of the body, about, before it is compressed.</param>
/// <param name="Address">What is asked for.</param>
/// <param name="Headers">What the client sends with it.</param>
/// <param name="Status">The only status that is right.</param>
/// <param name="Body">The only body that is right; null: its length alone is known, because it tells the time.</param>
/// <param name="Cpu">What the server has used so far.</param>
/// <param name="AllocatedBytes">What it has allocated so far; null: it is not a .NET process.</param>
internal sealed record HttpVariant(
    string Name,
    int Size,
    Uri Address,
    IReadOnlyDictionary<string, string> Headers,
    int Status,
    byte[]? Body,
    Func<CpuReading> Cpu,
    Func<CancellationToken, Task<long>>? AllocatedBytes)
{
    /// <summary>What it is compared with; null: nothing.</summary>
    public HttpVariant? Baseline { get; init; }

    /// <summary>A response header without which it did not do what it is measured for.</summary>
    public string? Proof { get; init; }

    public int BodyBytes { get; private set; }

    /// <summary>Asks twice and looks at the second answer.</summary>
    /// <exception cref="InvalidOperationException">It is not the right one.</exception>
    public async Task CheckAsync(HttpClient client, CancellationToken cancellationToken)
    {
        await AskAsync(client, cancellationToken);
        var (status, proven, body) = await AskAsync(client, cancellationToken);
        if (status != Status || !proven || (Body is not null && !Body.AsSpan().SequenceEqual(body)))
        {
            throw new InvalidOperationException($"'{Name}' answered {Address} with {status}, {body.Length} bytes, {(proven ? "" : "no ")}{Proof}; {Status} and {Body?.Length} bytes are right.");
        }

        BodyBytes = body.Length;
    }

    private async Task<(int Status, bool IsProven, byte[] Body)> AskAsync(HttpClient client, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Address);
        foreach (var (name, value) in Headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await client.SendAsync(request, cancellationToken);
        var isProven = Proof is null || response.Headers.NonValidated.Any(header => $"{header.Key}: {header.Value}".StartsWith(Proof, StringComparison.OrdinalIgnoreCase));
        return ((int)response.StatusCode, isProven, await response.Content.ReadAsByteArrayAsync(cancellationToken));
    }
}
