namespace Larder.Tests.Simulation;

/// <summary>
/// One run of the protocol: one to three nodes, writers, readers, a database and a log, stepped one at a time on one thread in an order
/// that one seed decides. The nodes are the product's own code; everything around them is simulated.
/// </summary>
internal sealed class SimulationWorld
{
    internal static readonly TimeSpan LagBound = TimeSpan.FromSeconds(5);
    private const int Steps = 400;
    private const int MaxActors = 12;

    private readonly List<SimulationActor> _readers = [];
    private readonly List<SimulationActor> _writers = [];
    private readonly List<SimulatedClient> _clients;
    private readonly SimulationChecks _checks;
    private bool _isInBetween;
    private SimulationViolationException? _violation;

    internal SimulationWorld(int seed, SimulationDefect defect)
    {
        Random = new Random(seed);
        Defect = defect;
        Log = new SimulatedLog(this);
        Log.OpenAt(Log.Epoch);
        var count = Random.Next(1, 4);
        var hasOwnLog = count == 1 && Random.Next(2) == 0 && defect != SimulationDefect.FailoverWithoutEpoch;
        Nodes = [.. Enumerable.Range(0, count).Select(_ => new SimulatedNode(this, hasOwnLog))];
        _clients = [.. Enumerable.Range(0, 3).Select(_ => new SimulatedClient(this))];
        _checks = new SimulationChecks(this);
    }

    internal ManualTimeProvider Time { get; } = new();

    internal Random Random { get; }

    internal SimulationDefect Defect { get; }

    internal SimulatedDatabase Database { get; } = new();

    internal SimulatedLog Log { get; }

    internal SimulatedNode[] Nodes { get; }

    internal SimulationChecks Checks => _checks;

    /// <summary>Answers checked, by how they came about; a run in which nothing was served proves nothing.</summary>
    internal SimulationCounts Counts { get; } = new();

    /// <summary>What happened, for a run that is looked into; null: nobody asks.</summary>
    internal List<string>? Trace { get; init; }

    internal TimeSpan Elapsed => Time.GetUtcNow() - new ManualTimeProvider().GetUtcNow();

    internal void Run()
    {
        for (var step = 0; step < Steps; step++)
        {
            Step();
            _checks.CheckStores();
            ThrowIfViolated();
        }

        ComeToRest();
        _checks.CheckAtRest();
    }

    internal void Say(SimulatedNode node, string what) =>
        Trace?.Add($"{Elapsed.TotalSeconds:0.000} node {Array.IndexOf(Nodes, node)} at {node.Node.Now.View.Epoch}.{node.Node.Now.Applied} (floor {node.Node.Now.View.Floor}, log {Log.Epoch}.{Log.Last}) {what}");

    internal void StartReader(IEnumerator<object?> steps) => _readers.Add(new(steps));

    internal void StartWriter(IEnumerator<object?> steps) => _writers.Add(new(steps));

    /// <summary>Lets others run between two steps of applying a record.</summary>
    internal void InterleaveReads() => Interleave(() => StepOne(_readers));

    /// <summary>Lets others run between two steps of a check, which may hold a lock of its cache: only what takes no such lock.</summary>
    internal void InterleaveWrites() => Interleave(() =>
    {
        if (Random.Next(2) == 0)
        {
            Nodes[Random.Next(Nodes.Length)].Follow(Random);
        }
        else
        {
            StepOne(_writers);
        }
    });

    private void Interleave(Action step)
    {
        if (_isInBetween || Random.Next(3) != 0)
        {
            return;
        }

        _isInBetween = true;
        for (var steps = Random.Next(1, 4); steps > 0; steps--)
        {
            step();
        }

        _isInBetween = false;
    }

    private void Step()
    {
        switch (Random.Next(100))
        {
            case < 42:
                StepOne(_readers);
                break;
            case < 62:
                StepOne(_writers);
                break;
            case < 76:
                Nodes[Random.Next(Nodes.Length)].Follow(Random);
                break;
            case < 79:
                Database.Replicate();
                break;
            case < 83:
                Time.Advance(TimeSpan.FromMilliseconds(Random.Next(1, 3_000)));
                break;
            case < 86:
                Nodes[Random.Next(Nodes.Length)].SendNonce();
                break;
            case < 89:
                Nodes[Random.Next(Nodes.Length)].HearNonces();
                break;
            case < 90 when Log.Last > 2 && Random.Next(2) == 0:
                Log.LoseTail(Random.Next(1, 3));
                break;
            default:
                if (_readers.Count + _writers.Count < MaxActors)
                {
                    _clients[Random.Next(_clients.Count)].StartSomething();
                }

                break;
        }
    }

    private void ComeToRest()
    {
        for (var step = 0; step < 4_000; step++)
        {
            StepOne(_readers);
            StepOne(_writers);
            Nodes[step % Nodes.Length].Follow(Random);
            Database.Replicate();
            ThrowIfViolated();
            if (_readers.Count + _writers.Count == 0 && Nodes.All(node => node.HasOwnLog || (node.Node.Now.View.Epoch == Log.Epoch && node.Node.Now.Applied >= Log.Last)))
            {
                return;
            }
        }

        throw new SimulationViolationException($"The run does not come to rest: {_readers.Count} readers and {_writers.Count} writers are left.");
    }

    private void StepOne(List<SimulationActor> actors)
    {
        var idle = actors.Where(actor => !actor.IsRunning).ToArray();
        if (idle.Length == 0)
        {
            return;
        }

        var actor = idle[Random.Next(idle.Length)];
        try
        {
            if (!actor.Step())
            {
                actors.Remove(actor);
            }
        }
        catch (SimulationViolationException violation)
        {
            // Kept, because a step in between another runs inside of the product, which may catch what is thrown there.
            _violation ??= violation;
            actors.Remove(actor);
        }
    }

    private void ThrowIfViolated()
    {
        if (_violation is not null)
        {
            throw new SimulationViolationException(_violation.Message);
        }
    }
}

/// <summary>A reader or writer, run from one pause to the next.</summary>
internal sealed class SimulationActor(IEnumerator<object?> steps)
{
    internal bool IsRunning { get; private set; }

    internal bool Step()
    {
        IsRunning = true;
        var goesOn = steps.MoveNext();
        IsRunning = false;
        return goesOn;
    }
}
