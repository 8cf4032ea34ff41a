using System.Text;
using System.Text.Json.Nodes;
using Larder.AspNetCore.RequestLog;

namespace Larder.Tests.AspNetCore.RequestLog;

/// <summary>Keeps the lines of a request log, each parsed; a test takes them by their event as they come.</summary>
internal sealed class LineSink : IRequestLogSink
{
    private readonly Lock _lock = new();
    private readonly List<JsonObject> _lines = [];
    private readonly List<(string Event, TaskCompletionSource<JsonObject> Taken)> _waiting = [];

    public List<string> Raw { get; } = [];

    /// <summary>Thrown by every call while it is set.</summary>
    public Exception? Fails { get; set; }

    /// <summary>The first line of this event that nobody has taken, now or when it comes.</summary>
    public Task<JsonObject> TakeAsync(string name)
    {
        lock (_lock)
        {
            if (_lines.Find(line => (string?)line["event"] == name) is { } found)
            {
                _lines.Remove(found);
                return Task.FromResult(found);
            }

            var taken = new TaskCompletionSource<JsonObject>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((name, taken));
            return taken.Task.Soon();
        }
    }

    public int CountOf(string name)
    {
        lock (_lock)
        {
            return _lines.Count(line => (string?)line["event"] == name);
        }
    }

    public ValueTask WriteAsync(ReadOnlyMemory<byte> lines, int count, CancellationToken cancellationToken)
    {
        if (Fails is { } exception)
        {
            throw exception;
        }

        var text = Encoding.UTF8.GetString(lines.Span);
        Assert.EndsWith("\n", text);
        var texts = text[..^1].Split('\n');
        Assert.Equal(count, texts.Length);
        lock (_lock)
        {
            foreach (var line in texts)
            {
                Add_NeedsLock(line);
            }
        }

        return ValueTask.CompletedTask;
    }

    private void Add_NeedsLock(string text)
    {
        Raw.Add(text);
        var line = JsonNode.Parse(text)!.AsObject();
        var index = _waiting.FindIndex(waiting => waiting.Event == (string?)line["event"]);
        if (index < 0)
        {
            _lines.Add(line);
            return;
        }

        _waiting[index].Taken.SetResult(line);
        _waiting.RemoveAt(index);
    }
}
