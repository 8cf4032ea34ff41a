using System.Buffers;
using Larder.AspNetCore.RequestLog;
using Larder.AspNetCore.ResponseCaching;
using Larder.Views;
using Microsoft.Extensions.Primitives;

namespace Larder.AspNetCore.Views;

/// <summary>Runs a view and splices its sections into a response.</summary>
internal sealed class ViewSource(ViewExecutor executor, ViewArguments arguments, bool keepsNegatives) : IResponseSource
{
    private static readonly StringValues JsonType = "application/json; charset=utf-8";

    private ViewResult? _result;

    public string? ServerTiming => _result is null ? null : Views.ServerTiming.Of(_result);

    public void ReportTo(ILarderRequestFeature log)
    {
        if (_result is not null)
        {
            log.Report(_result);
        }
    }

    public async ValueTask<LoadedResponse> LoadAsync(CancellationToken cancellationToken)
    {
        var startedAt = executor.Time.GetUtcNow();
        var result = await executor.ExecuteAsync(arguments, cancellationToken);
        _result = result;
        if (result.Failure is { } failure)
        {
            var problem = ViewProblems.Of(arguments, result, failure);
            var isNotFound = failure.Kind == SectionFailureKind.NotFound;
            return new(
                new CachedResponse { StatusCode = problem.StatusCode, Problem = problem, WhyNotStored = isNotFound && !keepsNegatives ? "not-found" : null },
                !isNotFound ? ResponseSharing.Error : keepsNegatives ? ResponseSharing.Stored : ResponseSharing.Collapsed);
        }

        return new(ResponseOf(result, startedAt), result.IsComplete ? ResponseSharing.Stored : ResponseSharing.Collapsed);
    }

    private CachedResponse ResponseOf(ViewResult result, DateTimeOffset startedAt)
    {
        var buffer = new ArrayBufferWriter<byte>(ViewJsonWriter.EstimateLength(result));
        var layout = ViewJsonWriter.Write(buffer, result, executor.Options.Json, isCached: true);
        var body = buffer.WrittenSpan.ToArray();
        var age = startedAt - result.GeneratedAt;
        return new CachedResponse
        {
            Body = body,
            CachedAt = layout.CachedAt,
            IsFromCache = result.IsCached,
            ContentType = JsonType,
            // Over the data alone: when it was read and where it came from make no other response.
            ETag = result.IsComplete ? new(EntityTags.Of(body.AsSpan(layout.DataStart..layout.DataEnd))) : default,
            WhyNotStored = result.IsComplete ? null : "incomplete",
            InitialAge = age > TimeSpan.Zero ? age : TimeSpan.Zero,
            Encoded = EncodedBodies.For(body.Length, JsonType),
        };
    }
}
