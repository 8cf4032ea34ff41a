using Larder.Redis.Resp;

namespace Larder.Redis.Log;

/// <summary>
/// The one script that writes to the log. It gives records dense numbers, and begins a new epoch whenever numbers might be used twice: the
/// server's run is another one (restart, failover), the stream or its state is gone (DEL, FLUSHALL, eviction), or the asker cannot follow this
/// epoch any more. Without a record it says what the last one is, which is how nodes measure how far behind they are.
/// </summary>
internal static class LogScript
{
    public const string EpochField = "e";
    public const string SeqField = "s";
    public const string RecordField = "r";

    // KEYS: the stream; its state. ARGV: an epoch to begin if one must be; an epoch that is refused, or ""; the capacity; the record that
    // begins an epoch; the record to append, or "". Numbers are written with %.0f, because tostring() rounds from 15 digits on.
    public static readonly RedisScript Append = new(
        """
        local run = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)')
        local state = redis.call('HMGET', KEYS[2], 'epoch', 'seq', 'run', 'id')
        local epoch, seq, id = state[1], tonumber(state[2]), state[4]
        if not epoch or not seq or not id or state[3] ~= run or epoch == ARGV[2] or redis.call('EXISTS', KEYS[1]) == 0 then
          epoch, seq = ARGV[1], 1
          id = redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[3], '*', 'e', epoch, 's', '1', 'r', ARGV[4])
          redis.call('HSET', KEYS[2], 'epoch', epoch, 'seq', '1', 'run', run, 'id', id)
        end
        if ARGV[5] ~= '' then
          seq = seq + 1
          local text = string.format('%.0f', seq)
          id = redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[3], '*', 'e', epoch, 's', text, 'r', ARGV[5])
          redis.call('HSET', KEYS[2], 'seq', text, 'id', id)
        end
        return {epoch, string.format('%.0f', seq), id}
        """);
}
