using System.Text;
using Larder.Freshness;
using Larder.Redis.Log;
using Larder.Redis.Resp;

namespace Larder.Redis.Tests.Simulation;

/// <summary>A server as far as the log knows it: what the script does, and what can happen to a stream. Tests on real servers hold the two together.</summary>
internal sealed class SimulatedRedis(Random random, LogDefect defect)
{
    private readonly List<StreamEntry> _stream = [];
    private bool _hasStream;
    private LogState? _state;
    private (StreamEntry[] Stream, bool HasStream, LogState? State) _saved = ([], false, null);
    private int _run = 1;
    private ulong _clock = 1_000;
    private StreamId _lastId;

    internal bool IsDown { get; set; }

    internal int Renewals { get; private set; }

    internal LogTail Run(WriteSet? writes, ulong refused)
    {
        var isOfThisRun = _state?.Run == _run || defect == LogDefect.EpochKeptAfterRestart;
        if (_state is null || !isOfThisRun || _state.Epoch == refused || !_hasStream)
        {
            Renewals++;
            var epoch = (ulong)random.NextInt64(1, long.MaxValue);
            _state = new(epoch, 1, _run, Add(epoch, 1, WriteSet.Everything));
        }

        if (writes is not null)
        {
            _state = _state with { Seq = _state.Seq + 1, Id = Add(_state.Epoch, _state.Seq + 1, writes) };
        }

        return new(_state.Epoch, _state.Seq, _state.Id);
    }

    internal StreamEntry[] Read(StreamId after, int count) => [.. _stream.Where(entry => entry.Id > after).Take(count)];

    internal void Save() => _saved = ([.. _stream], _hasStream, _state);

    /// <summary>What can happen to it; the name is for whoever looks into a run.</summary>
    internal string Break()
    {
        _clock += 1;
        switch (random.Next(8))
        {
            case 0:
                return Restart("restart empty", ([], false, null));
            case 1:
                return Restart("restart with older data", _saved);
            case 2:
                // A replica that lost the tail, on a machine whose clock is behind.
                _clock -= Math.Min(_clock - 1, (ulong)random.Next(0, 300));
                return Restart("failover", _saved);
            case 3:
                _stream.Clear();
                return "trimmed to nothing";
            case 4 when _stream.Count > 0:
                _stream.RemoveRange(0, random.Next(1, _stream.Count + 1));
                return "trimmed";
            case 5:
                DeleteStream();
                return "the stream is deleted";
            case 6:
                _state = null;
                return "the state is deleted";
            default:
                DeleteStream();
                _state = null;
                _clock -= Math.Min(_clock - 1, (ulong)random.Next(0, 300));
                return "FLUSHALL, and the clock goes back";
        }
    }

    private string Restart(string name, (StreamEntry[] Stream, bool HasStream, LogState? State) data)
    {
        _run++;
        _stream.Clear();
        _stream.AddRange(data.Stream);
        (_hasStream, _state) = (data.HasStream, data.State);
        _lastId = _stream.Count == 0 ? _state?.Id ?? default : _stream[^1].Id;
        return name;
    }

    private void DeleteStream()
    {
        _stream.Clear();
        _hasStream = false;
        _lastId = default;
    }

    private StreamId Add(ulong epoch, long seq, WriteSet writes)
    {
        _clock += (ulong)random.Next(0, 3);
        _lastId = new StreamId(_clock, 0) > _lastId ? new(_clock, 0) : new(_lastId.Milliseconds, _lastId.Sequence + 1);
        _stream.Add(new(_lastId, Fields(epoch, seq, LogRecordFormat.Encode(writes))));
        _hasStream = true;
        return _lastId;
    }

    internal static byte[][] Fields(ulong epoch, long seq, byte[] record) =>
        ["e"u8.ToArray(), Encoding.ASCII.GetBytes(LogTail.EpochText(epoch)), "s"u8.ToArray(), Encoding.ASCII.GetBytes($"{seq}"), "r"u8.ToArray(), record];

    private sealed record LogState(ulong Epoch, long Seq, int Run, StreamId Id);
}
