namespace Larder.Freshness;

/// <summary>A column of a statement's result that tells what a probe would have given.</summary>
/// <param name="Name">Its name, which no other column of the result has.</param>
/// <param name="TellsAll">Every row that matters comes back, so that without a row there is no value. Otherwise one row matters at most, and where none comes back nobody knows.</param>
/// <param name="TellsNull">NULL is the value, and not that of a row that was made up.</param>
internal sealed record ResultColumn(string Name, bool TellsAll, bool TellsNull)
{
    /// <summary>The values that were looked for; null: not known.</summary>
    /// <param name="seen">What the column had in the rows that came back.</param>
    /// <param name="isComplete">These were all rows.</param>
    public IReadOnlyList<object?>? Tell(IReadOnlyCollection<object?> seen, bool isComplete)
    {
        var values = seen.Where(value => value is not null).ToList();
        var isKnown = TellsAll ? isComplete && (TellsNull || values.Count == seen.Count) : values.Count > 0 || (TellsNull && seen.Count > 0);
        return isKnown ? values : null;
    }
}
