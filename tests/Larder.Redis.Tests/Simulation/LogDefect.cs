namespace Larder.Redis.Tests.Simulation;

/// <summary>A mistake that a run must find.</summary>
public enum LogDefect
{
    None,

    /// <summary>The script does not see that the server is another one, so that numbers are used twice in an epoch.</summary>
    EpochKeptAfterRestart,

    /// <summary>A node takes an answer for proof of what it has not applied.</summary>
    HeardBeforeApplied,

    /// <summary>The time of a question is taken when its answer comes.</summary>
    HeardAtTheAnswer,

    /// <summary>A record that an answer names and no read brings is waited for, for ever.</summary>
    LostRecordAwaited,

    /// <summary>A node that jumps over records keeps what it has.</summary>
    JumpWithoutFloor,

    /// <summary>A gap in the numbers is closed up.</summary>
    GapNotSeen,

    /// <summary>A writer is done when the record is in the log, whatever its node has applied.</summary>
    AcknowledgedBeforeApplied,

    /// <summary>An append without an answer is taken to have happened.</summary>
    UnknownOutcomeForgotten,

    /// <summary>A node that starts leaves out a record of those it replays.</summary>
    ReplayedFromTheMiddle,

    /// <summary>What another node left at the second level is taken without asking whether it is fresh.</summary>
    SharedTakenUnchecked,

    /// <summary>A node takes from the second level what was read before it knows anything of.</summary>
    SharedTakenFromBeforeTheFloor,

    /// <summary>While its append is repeated, a node goes on serving what it wrote over.</summary>
    BypassForgotten,
}
