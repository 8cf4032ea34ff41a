namespace Larder.Redis.Tests;

/// <summary>What is measured for the whole process, so that nothing else may run beside it.</summary>
[CollectionDefinition(DisableParallelization = true)]
public sealed class RunsAlone;
