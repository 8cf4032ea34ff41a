namespace Larder.Tests.Simulation;

/// <summary>A mistake that the simulation must find. Each breaks one precondition or one step of the rule.</summary>
public enum SimulationDefect
{
    None,
    NoFloor,
    P0AfterTheSnapshot,
    FeedBeforeVisibility,
    LaggingReplica,
    FailoverWithoutEpoch,
    StaleStampedAnew,
    AppliedBeforeSlot,
    SlotReadBeforeApplied,
    PublishBeforeCommit,
    JoinWithoutTheRule,
    CompositeP0FromAfterItsParts,
    TokenNotLookedAt,
    StaleAcrossHard,
    BypassForgotten,
}
