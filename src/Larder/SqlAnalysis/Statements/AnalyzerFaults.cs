namespace Larder.SqlAnalysis.Statements;

/// <summary>Bugs that the soundness test plants in the analysis, to prove that it would find them. Only tests ask for any.</summary>
[Flags]
internal enum AnalyzerFaults
{
    None = 0,
    OrTakenForConjunct = 1 << 0,
    PreservedSidePinned = 1 << 1,
    CascadeForgotten = 1 << 2,
    WriteInWithReadAsQuery = 1 << 3,
    AffinityIgnored = 1 << 4,
    TriggerForgotten = 1 << 5,
    OldValueForgotten = 1 << 6,
    SubqueryForgotten = 1 << 7,
    BetweenSplit = 1 << 8,
    UpsertTakenForInsert = 1 << 9,
    ReplaceTakenForInsert = 1 << 10,
    ViewNotExpanded = 1 << 11,
    MadeUpKeyTakenForNull = 1 << 12,
    UnionArmForgotten = 1 << 13,
    NegationPinned = 1 << 14,
    CaptureTrustedBlindly = 1 << 15,
    NullExtensionPinned = 1 << 16,
    OuterPinOfAnyColumn = 1 << 17,
    ParentPathForgotten = 1 << 18,
    OldParentForgotten = 1 << 19,
    ParentItselfForgotten = 1 << 20,
    LookupOfMatchesOnly = 1 << 21,
    LookupOfAnyColumn = 1 << 22,
    LookupCutSilently = 1 << 23,
    LookupOfPreservedSide = 1 << 24,
    LookupSourceForgotten = 1 << 25,
}
