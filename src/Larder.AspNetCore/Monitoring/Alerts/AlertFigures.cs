using Larder.AspNetCore.Monitoring.Documents;
using Larder.Diagnostics;

namespace Larder.AspNetCore.Monitoring.Alerts;

/// <summary>What rules judge: the last minute of all requests, the cache, and the invalidation log.</summary>
/// <param name="Requests">The last minute.</param>
/// <param name="Cache">The cache now.</param>
/// <param name="Invalidations">This node and the log now.</param>
/// <param name="Remote">Redis; null where there is none.</param>
internal sealed record AlertFigures(SeriesSnapshot Requests, CacheFigures Cache, InvalidationFigures Invalidations, IRemoteHealth? Remote);
