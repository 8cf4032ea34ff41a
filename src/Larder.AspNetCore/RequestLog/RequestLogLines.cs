using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics;
using System.Text.Json;
using Larder.AspNetCore.Views;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;

namespace Larder.AspNetCore.RequestLog;

/// <summary>Writes records as lines of JSON. One object, used by the writer only; the default encoder leaves nothing but printable ASCII.</summary>
internal sealed class RequestLogLines : IDisposable
{
    private readonly RequestLogOptions _options;
    private readonly RequestLogLevels _levels;
    private readonly RequestLogRedaction _redaction;
    private readonly ClientAddress _clients;
    private readonly ArrayBufferWriter<byte> _batch = new(1 << 16);
    private readonly ArrayBufferWriter<byte> _record = new(1 << 12);
    private readonly Utf8JsonWriter _json;
    private readonly List<(string Name, string Value)> _query = [];
    private DateTime _now;
    private int _recordLines;

    public RequestLogLines(RequestLogOptions options, RequestLogLevels levels)
    {
        _options = options;
        _levels = levels;
        _redaction = new RequestLogRedaction(options);
        _clients = new ClientAddress(options);
        _json = new Utf8JsonWriter(_record, new JsonWriterOptions { SkipValidation = true });
    }

    /// <summary>How many lines wait in <see cref="Written"/>.</summary>
    public int Count { get; private set; }

    public ReadOnlyMemory<byte> Written => _batch.WrittenMemory;

    public void Clear()
    {
        _batch.ResetWrittenCount();
        Count = 0;
    }

    public void Dispose() => _json.Dispose();

    /// <summary>Adds the lines of a record, all or none.</summary>
    public void Add(in RequestLogRecord record, DateTime at)
    {
        _record.ResetWrittenCount();
        _json.Reset(_record);
        _recordLines = 0;
        _now = at;
        if (record.Entry is { } entry)
        {
            WriteEntry(entry);
        }
        else
        {
            WriteRequest(record);
        }

        _batch.Write(_record.WrittenSpan);
        Count += _recordLines;
    }

    private void WriteRequest(in RequestLogRecord record)
    {
        WriteCacheUse(record);
        if (record.Exception is { } exception && _levels.IsOn(RequestLogEvent.Error))
        {
            Begin(RequestLogEvent.Error);
            WriteIds(record);
            WriteText(RequestLogNames.Method, record.Method);
            WritePath(record);
            WriteException(exception);
            End();
        }

        var what = record.StatusCode switch
        {
            >= 500 => RequestLogEvent.RequestServerError,
            >= 400 => RequestLogEvent.RequestClientError,
            _ => RequestLogEvent.RequestSuccess,
        };
        if (!_levels.IsOn(what))
        {
            return;
        }

        Begin(what);
        WriteIds(record);
        WriteText(RequestLogNames.Method, record.Method);
        WritePath(record);
        WriteQuery(record.Query);
        _json.WriteNumber(RequestLogNames.StatusCode, record.StatusCode);
        WriteMilliseconds(RequestLogNames.DurationMs, record.Elapsed);
        if (record.IsCached is { } isCached)
        {
            _json.WriteBoolean(RequestLogNames.Cached, isCached);
        }
        else
        {
            _json.WriteNull(RequestLogNames.Cached);
        }

        _json.WriteBoolean(RequestLogNames.Authenticated, record.IsAuthenticated);
        WriteClient(record);
        if (record.IsSampled)
        {
            _json.WriteNumber(RequestLogNames.SampleRate, _options.SuccessSampling);
        }

        End();
    }

    private void WriteCacheUse(in RequestLogRecord record)
    {
        foreach (var lookup in record.Lookups ?? [])
        {
            Begin(lookup.IsHit ? RequestLogEvent.CacheHit : RequestLogEvent.CacheMiss);
            WriteIds(record);
            WriteEndpoint(record);
            WriteText(RequestLogNames.CacheKey, lookup.CacheKey);
            End();
        }

        if (record.Sections is not { } sections)
        {
            return;
        }

        Begin(RequestLogEvent.AggregationComplete);
        WriteIds(record);
        WriteEndpoint(record);
        WriteMilliseconds(RequestLogNames.DurationMs, record.AggregationElapsed);
        _json.WriteStartArray(RequestLogNames.Sections);
        foreach (var section in sections)
        {
            _json.WriteStartObject();
            WriteText(RequestLogNames.Name, section.Name);
            _json.WriteString(RequestLogNames.Outcome, ServerTiming.DescriptionOf(section.Outcome));
            WriteMilliseconds(RequestLogNames.DurationMs, section.Elapsed);
            _json.WriteEndObject();
        }

        _json.WriteEndArray();
        End();
    }

    private void WriteEntry(RequestLogEntry entry)
    {
        Begin(entry.What, entry.Level);
        foreach (var (name, value) in entry.Fields)
        {
            WriteField(name, value);
        }

        if (entry.Exception is { } exception)
        {
            WriteException(exception);
        }

        End();
    }

    private void WriteField(string name, object? value)
    {
        switch (value)
        {
            case null:
                _json.WriteNull(name);
                break;
            case bool flag:
                _json.WriteBoolean(name, flag);
                break;
            case long number:
                _json.WriteNumber(name, number);
                break;
            case double number when double.IsFinite(number):
                _json.WriteNumber(name, number);
                break;
            case TimeSpan span:
                WriteMilliseconds(JsonEncodedText.Encode(name), span);
                break;
            case string[] texts:
                _json.WriteStartArray(name);
                foreach (var text in texts)
                {
                    _json.WriteStringValue(RequestLogText.OneLine(text, _options.MaxValueLength));
                }

                _json.WriteEndArray();
                break;
            default:
                _json.WriteString(name, RequestLogText.Lines(value.ToString(), _options.MaxDetailLength));
                break;
        }
    }

    private void Begin(RequestLogEvent what) => Begin(what, _levels.Of(what));

    private void Begin(RequestLogEvent what, LogLevel level)
    {
        _json.WriteStartObject();
        _json.WriteString(RequestLogNames.Timestamp, _now);
        _json.WriteString(RequestLogNames.Level, RequestLogNames.Of(level));
        _json.WriteString(RequestLogNames.Event, RequestLogNames.Of(what));
    }

    private void End()
    {
        _json.WriteEndObject();
        _json.Flush();
        _json.Reset(_record);
        _record.Write("\n"u8);
        _recordLines++;
    }

    private void WriteIds(in RequestLogRecord record)
    {
        WriteText(RequestLogNames.RequestId, record.RequestId);
        if (record.TraceId is { } traceId)
        {
            _json.WriteString(RequestLogNames.TraceId, traceId);
            _json.WriteString(RequestLogNames.SpanId, record.SpanId);
        }
        else if (ActivityContext.TryParse(record.TraceParent, traceState: null, out var parent))
        {
            _json.WriteString(RequestLogNames.TraceId, parent.TraceId.ToHexString());
        }
    }

    private void WritePath(in RequestLogRecord record) => WriteText(RequestLogNames.Path, _redaction.Path(string.Concat(record.PathBase, record.Path)));

    private void WriteEndpoint(in RequestLogRecord record) => WriteText(RequestLogNames.Endpoint, record.Route ?? record.Path);

    private void WriteQuery(string? query)
    {
        if (string.IsNullOrEmpty(query) || query == "?")
        {
            _json.WriteStartObject(RequestLogNames.QueryParams);
            _json.WriteEndObject();
            return;
        }

        ReadQuery(query, out var omitted);
        _json.WriteStartObject(RequestLogNames.QueryParams);
        for (var i = 0; i < _query.Count; i++)
        {
            var name = _query[i].Name;
            if (_query.FindIndex(pair => pair.Name == name) < i)
            {
                continue;
            }

            // A name that is there twice is one member with all of its values: JSON readers keep one of two members.
            var isMany = _query.FindIndex(i + 1, pair => pair.Name == name) > 0;
            if (!isMany)
            {
                _json.WriteString(name, _query[i].Value);
                continue;
            }

            _json.WriteStartArray(name);
            foreach (var pair in _query.Where(pair => pair.Name == name))
            {
                _json.WriteStringValue(pair.Value);
            }

            _json.WriteEndArray();
        }

        _json.WriteEndObject();
        if (omitted > 0)
        {
            _json.WriteNumber(RequestLogNames.QueryParamsOmitted, omitted);
        }
    }

    private void ReadQuery(string query, out int omitted)
    {
        _query.Clear();
        omitted = 0;
        foreach (var pair in new QueryStringEnumerable(query))
        {
            if (_query.Count == _options.MaxQueryParameters)
            {
                omitted++;
                continue;
            }

            // Redacted first, cut then: what is cut may look harmless.
            var name = pair.DecodeName().Span;
            var value = _redaction.Value(name, pair.DecodeValue().Span);
            _query.Add((
                RequestLogText.OneLine(_redaction.Name(name), _options.MaxValueLength).ToString(),
                RequestLogText.OneLine(value, _options.MaxValueLength).ToString()));
        }
    }

    private void WriteClient(in RequestLogRecord record)
    {
        if (_clients.Of(record.Peer, record.Forwarded) is { } address)
        {
            Span<char> text = stackalloc char[64];
            _json.WriteString(RequestLogNames.ClientIp, address.TryFormat(text, out var length) ? text[..length] : "");
        }
        else
        {
            _json.WriteNull(RequestLogNames.ClientIp);
        }
    }

    private void WriteException(Exception exception)
    {
        _json.WriteStartObject(RequestLogNames.Exception);
        WriteText(RequestLogNames.Type, exception.GetType().FullName);
        _json.WriteString(RequestLogNames.Message, RequestLogText.Lines(exception.Message, _options.MaxDetailLength));
        _json.WriteString(RequestLogNames.StackTrace, RequestLogText.Lines(exception.ToString(), _options.MaxDetailLength));
        _json.WriteEndObject();
    }

    private void WriteText(JsonEncodedText name, string? text) => _json.WriteString(name, RequestLogText.OneLine(text, _options.MaxValueLength));

    /// <summary>Milliseconds with three places: exact, and several times cheaper than the shortest form of a double.</summary>
    private void WriteMilliseconds(JsonEncodedText name, TimeSpan span)
    {
        Span<byte> text = stackalloc byte[32];
        var microseconds = Math.Max(0, span.Ticks / TimeSpan.TicksPerMicrosecond);
        Utf8Formatter.TryFormat(microseconds / 1000, text, out var length);
        text[length++] = (byte)'.';
        Utf8Formatter.TryFormat(microseconds % 1000, text[length..], out _, new StandardFormat('D', 3));
        _json.WritePropertyName(name);
        _json.WriteRawValue(text[..(length + 3)], skipInputValidation: true);
    }
}
