using System.Text.Json;

namespace Larder.Bench.Workload;

/// <summary>One request.</summary>
/// <param name="Kind">The view or the write, for the reports.</param>
/// <param name="Target">Path and query below the prefix of the backend.</param>
/// <param name="Body">The JSON of a write; null: a read.</param>
internal sealed record WorkloadOperation(string Kind, string Method, string Target, string? Body = null)
{
    /// <summary>Takes a write that was accepted into the model of what exists.</summary>
    public Action<JsonElement>? Accepted { private get; init; }

    public bool IsWrite => Body is not null;

    public void Accept(WorkloadAnswer answer)
    {
        if (Accepted is not null && answer.IsSuccess)
        {
            using var document = JsonDocument.Parse(answer.Body);
            Accepted(document.RootElement);
        }
    }
}
