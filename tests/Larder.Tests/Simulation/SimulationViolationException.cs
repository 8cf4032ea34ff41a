namespace Larder.Tests.Simulation;

/// <summary>An invariant of the protocol does not hold.</summary>
internal sealed class SimulationViolationException(string message) : Exception(message);
