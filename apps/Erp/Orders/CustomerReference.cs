namespace Erp.Orders;

/// <summary>Whose order it is.</summary>
internal sealed record CustomerReference(long Id, string Name);
