using System.Collections.Immutable;
using Larder.Freshness;

namespace Larder.Tests.Simulation;

/// <summary>
/// An ordered log that nodes follow at their own pace. It can lose its tail, which begins a new epoch, and it remembers for every position
/// which versions the records up to it announce.
/// </summary>
internal sealed class SimulatedLog(SimulationWorld world)
{
    private readonly List<(LogRecord Record, Announcement Announced, TimeSpan At)> _records = [];
    private readonly Dictionary<(ulong Epoch, long Seq), Announcement> _announced = [];
    private readonly Dictionary<(ulong Epoch, long Seq), WriteSet> _applied = [];

    internal ulong Epoch { get; private set; } = 1;

    /// <summary>What was visible when the epoch began: no position of it tells of what the log has lost.</summary>
    internal ImmutableArray<long> VisibleAtEpoch { get; private set; } = Announcement.Nothing.All;

    internal long Last => _records.Count;

    internal LogRecord this[long seq] => _records[(int)seq - 1].Record;

    internal void OpenAt(ulong epoch) => _announced[(epoch, 0)] = Announcement.Nothing;

    /// <summary>Says what the next record will announce, before it is there.</summary>
    internal long Announce(ulong epoch, long seq, IEnumerable<(int Row, long Version)> writes, bool isHard)
    {
        _announced[(epoch, seq)] = _announced[(epoch, seq - 1)].With(writes, isHard);
        return seq;
    }

    internal WriteToken Append(WriteSet writes, IEnumerable<(int Row, long Version)> announced)
    {
        var seq = Announce(Epoch, Last + 1, announced, writes.IsHard);
        _records.Add((new(Epoch, seq, writes), _announced[(Epoch, seq)], world.Elapsed));
        return new(Epoch, seq);
    }

    /// <summary>The log loses its last records. Positions are used again, so the epoch is another one; unless that was forgotten.</summary>
    internal void LoseTail(int count)
    {
        _records.RemoveRange((int)Last - count, count);
        if (world.Defect != SimulationDefect.FailoverWithoutEpoch)
        {
            var last = _announced[(Epoch, Last)];
            VisibleAtEpoch = world.Database.Visible;
            Epoch++;
            _announced[(Epoch, Last)] = last;
            for (var i = 0; i < _records.Count; i++)
            {
                _records[i] = _records[i] with { Record = _records[i].Record with { Epoch = Epoch } };
                _announced[(Epoch, i + 1)] = _records[i].Announced;
            }

            _announced[(Epoch, 0)] = Announcement.Nothing;
        }
    }

    internal Announcement AnnouncedAt(ulong epoch, long seq) => _announced[(epoch, seq)];

    /// <summary>What records announce that were appended before the time given.</summary>
    internal Announcement AnnouncedBefore(TimeSpan time)
    {
        var index = _records.FindLastIndex(record => record.At < time);
        return index < 0 ? Announcement.Nothing : _records[index].Announced;
    }

    /// <summary>I3: no two nodes apply different records at one position.</summary>
    internal void CheckApplied(LogRecord record)
    {
        if (!_applied.TryAdd((record.Epoch, record.Seq), record.Writes) && !ReferenceEquals(_applied[(record.Epoch, record.Seq)], record.Writes))
        {
            throw new SimulationViolationException($"I3: two records stand at position {record.Seq} of epoch {record.Epoch}.");
        }
    }
}

/// <summary>The versions that the records up to a position announce, and those that hard records among them do.</summary>
internal sealed record Announcement(ImmutableArray<long> All, ImmutableArray<long> Hard)
{
    internal static Announcement Nothing { get; } = new([.. new long[SimulatedDatabase.Rows]], [.. new long[SimulatedDatabase.Rows]]);

    internal Announcement With(IEnumerable<(int Row, long Version)> writes, bool isHard)
    {
        var (all, hard) = (All, Hard);
        foreach (var (row, version) in writes)
        {
            all = all.SetItem(row, Math.Max(all[row], version));
            hard = isHard ? hard.SetItem(row, Math.Max(hard[row], version)) : hard;
        }

        return new(all, hard);
    }
}
