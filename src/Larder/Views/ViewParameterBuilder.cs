using System.Globalization;

namespace Larder.Views;

/// <summary>Describes one parameter of a view.</summary>
/// <typeparam name="T">The parameter's type.</typeparam>
public sealed class ViewParameterBuilder<T>
{
    internal ViewParameterBuilder(ViewParameter parameter) => Parameter = parameter;

    internal ViewParameter Parameter { get; private set; }

    /// <summary>Refuses values outside of the bounds, both inclusive; for a string, lengths.</summary>
    /// <exception cref="InvalidOperationException">A bound cannot be compared with the parameter, or the least value is above the greatest.</exception>
    public ViewParameterBuilder<T> Between(IComparable minimum, IComparable maximum)
    {
        var (least, greatest) = (BoundOf(minimum), BoundOf(maximum));
        return least.CompareTo(greatest) <= 0
            ? With(Parameter with { Minimum = least, Maximum = greatest })
            : throw new InvalidOperationException($"Parameter '{Parameter.Name}' is between {least} and {greatest}, which nothing is.");
    }

    /// <summary>Refuses values below the bound, inclusive; for a string, shorter ones.</summary>
    /// <exception cref="InvalidOperationException">The bound cannot be compared with the parameter.</exception>
    public ViewParameterBuilder<T> AtLeast(IComparable minimum) => With(Parameter with { Minimum = BoundOf(minimum) });

    /// <summary>Refuses every other word.</summary>
    public ViewParameterBuilder<T> OneOf(params string[] words) => With(Parameter with { AllowedValues = [.. words] });

    /// <summary>Says what it means, for documentation.</summary>
    public ViewParameterBuilder<T> Describe(string description) => With(Parameter with { Description = description });

    /// <summary>Absent means the current day in UTC.</summary>
    /// <exception cref="InvalidOperationException">The parameter is not a <see cref="DateOnly"/>.</exception>
    public ViewParameterBuilder<T> DefaultToToday()
    {
        if (Parameter.Type != typeof(DateOnly))
        {
            throw new InvalidOperationException($"Parameter '{Parameter.Name}' is no date.");
        }

        return With(Parameter with { IsRequired = false, Default = static time => DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime), DocumentedDefault = "today" });
    }

    /// <summary>A bound is compared with values, so it has their type: <c>Between(1, 100)</c> on a long is meant so.</summary>
    private IComparable BoundOf(IComparable bound)
    {
        var type = Parameter.Type == typeof(string) ? typeof(int) : Parameter.Type;
        try
        {
            return bound.GetType() == type ? bound : (IComparable)Convert.ChangeType(bound, type, CultureInfo.InvariantCulture);
        }
        catch (Exception exception) when (exception is InvalidCastException or OverflowException or FormatException)
        {
            throw new InvalidOperationException($"Parameter '{Parameter.Name}' is a {type.Name}, and {bound} is no bound of it.", exception);
        }
    }

    private ViewParameterBuilder<T> With(ViewParameter parameter)
    {
        Parameter = parameter;
        return this;
    }
}
