namespace Larder.Remote;

/// <summary>How the second level is, asked just now.</summary>
/// <param name="Statistics">What this node did with it.</param>
/// <param name="State">What it says of itself; null: it does not answer.</param>
/// <param name="RoundTrip">How long it took to say so; null: it does not answer.</param>
/// <param name="Failure">Why it does not.</param>
internal sealed record RemoteStoreHealth(RemoteStoreStatistics Statistics, RemoteStoreState? State, TimeSpan? RoundTrip, string? Failure);
