namespace Larder.Freshness;

/// <summary>
/// What flows with a request or a load: who collects its reads, what its caller must see, and the transaction it is in. One AsyncLocal for all
/// three, because every hit reads it.
/// </summary>
internal sealed record FreshnessFlow(ReadScope? Scope, WriteToken Token, AmbientTransaction? Transaction)
{
    private static readonly AsyncLocal<FreshnessFlow?> Flowing = new();
    private static readonly FreshnessFlow Nothing = new(null, default, null);

    /// <summary>Who collects the tokens of what is written here; null: nobody.</summary>
    internal WrittenTokens? Written { get; init; }

    internal static FreshnessFlow? Current => Flowing.Value;

    /// <summary>Whether uncommitted writes may be seen here, so that nothing is served, joined or stored.</summary>
    internal static bool IsInTransaction(FreshnessFlow? flow) => flow?.Transaction is { IsActive: true } || SystemTransactions.HasCurrent;

    internal static void Enter(ReadScope? scope) => Flowing.Value = (Flowing.Value ?? Nothing) with { Scope = scope };

    internal static void Enter(WrittenTokens written) => Flowing.Value = (Flowing.Value ?? Nothing) with { Written = written };

    internal static void Enter(WriteToken token) => Flowing.Value = (Flowing.Value ?? Nothing) with { Token = token };

    internal static void Enter(AmbientTransaction? transaction) => Flowing.Value = (Flowing.Value ?? Nothing) with { Transaction = transaction };
}
