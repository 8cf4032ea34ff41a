namespace Larder.Bench.Workload;

/// <summary>Draws one of some choices, each as often as its weight says.</summary>
internal sealed class WeightedChoice<T>(params (int Weight, T Choice)[] choices)
{
    private readonly int _sum = choices.Sum(choice => choice.Weight);

    public T Draw(Random random)
    {
        var drawn = random.Next(_sum);
        foreach (var (weight, choice) in choices)
        {
            if (drawn < weight)
            {
                return choice;
            }

            drawn -= weight;
        }

        throw new InvalidOperationException("The weights do not make up their sum.");
    }
}
