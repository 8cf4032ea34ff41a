using System.Diagnostics;

namespace Larder.AspNetCore.RequestLog;

/// <summary>Which request the running code belongs to, found through the current activity.</summary>
internal static class RequestIdentity
{
    /// <summary>The fields that say so; none outside of an activity.</summary>
    public static List<KeyValuePair<string, object?>> Current()
    {
        if (Activity.Current is not { IdFormat: ActivityIdFormat.W3C } current)
        {
            return [];
        }

        List<KeyValuePair<string, object?>> fields = [];
        for (var activity = current; activity is not null; activity = activity.Parent)
        {
            if (activity.GetTagItem(RequestLogMiddleware.ActivityTag) is string id)
            {
                fields.Add(new("request_id", id));
                break;
            }
        }

        fields.Add(new("trace_id", current.TraceId.ToHexString()));
        fields.Add(new("span_id", current.SpanId.ToHexString()));
        return fields;
    }
}
