namespace Erp.Writes;

/// <summary>An answer as it was sent the first time.</summary>
internal sealed record IdempotentAnswer(int StatusCode, string Body, bool IsReplayed);

/// <summary>Keeps the answers to requests with an Idempotency-Key for 24 hours, in the transaction of the write itself: both happen or neither.</summary>
/// <remarks>
/// The key is claimed first. A second request with it waits at the primary key until the first has committed and then finds the
/// answer, or claims the key itself when the first was rolled back. A refused request leaves no claim, so it may be corrected.
/// </remarks>
internal static class IdempotentAnswers
{
    private const int PurgeStep = 100;
    private static readonly TimeSpan Kept = TimeSpan.FromHours(24);

    /// <param name="requestHash">The same for the same request.</param>
    /// <exception cref="RequestRefusedException">422: the key has an answer to another request.</exception>
    public static async Task<IdempotentAnswer> AnswerAsync(
        WriteContext write, string endpoint, string key, string requestHash, Func<Task<IdempotentAnswer>> first)
    {
        var cutoff = write.Now - Kept;
        await PurgeAsync(write, cutoff);
        // A key whose day is over is as good as new.
        var claimed = await write.ExecuteAsync(
            "INSERT INTO idempotency_keys (endpoint, key, request_hash, created_at) VALUES (@endpoint, @key, @requestHash, @Now) "
            + "ON CONFLICT (endpoint, key) DO UPDATE SET request_hash = excluded.request_hash, status_code = NULL, response_body = NULL, "
            + "created_at = excluded.created_at WHERE idempotency_keys.created_at <= @cutoff",
            new { endpoint, key, requestHash, write.Now, cutoff });
        if (claimed == 0)
            return await ReplayAsync(write, endpoint, key, requestHash);

        var answer = await first();
        await write.ExecuteAsync(
            "UPDATE idempotency_keys SET status_code = @StatusCode, response_body = @Body WHERE endpoint = @endpoint AND key = @key",
            new { answer.StatusCode, answer.Body, endpoint, key });
        return answer;
    }

    private static async Task<IdempotentAnswer> ReplayAsync(WriteContext write, string endpoint, string key, string requestHash)
    {
        var stored = await write.SingleAsync<Stored>(
            "SELECT request_hash, status_code, response_body FROM idempotency_keys WHERE endpoint = @endpoint AND key = @key",
            new { endpoint, key });
        return stored.RequestHash == requestHash
            ? new IdempotentAnswer(stored.StatusCode, stored.ResponseBody, IsReplayed: true)
            : throw RequestRefusedException.KeyReused();
    }

    // Each new key clears away at most a hundred old ones, so the table shrinks under load and no write ever waits for a big deletion.
    private static Task<int> PurgeAsync(WriteContext write, DateTimeOffset cutoff) => write.ExecuteAsync(
        "DELETE FROM idempotency_keys WHERE (endpoint, key) IN (SELECT endpoint, key FROM idempotency_keys "
        + "WHERE created_at <= @cutoff ORDER BY created_at, endpoint, key LIMIT " + PurgeStep + write.ForUpdateOfFreeRows + ")",
        new { cutoff });

    private sealed record Stored(string RequestHash, int StatusCode, string ResponseBody);
}
