namespace Larder.Views.Sources;

/// <summary>What code that makes a section is given.</summary>
public sealed record CodeContext
{
    internal CodeContext(SectionInputs inputs, IServiceProvider services)
    {
        Inputs = inputs;
        Services = services;
    }

    /// <summary>The values of the inputs that the section declares.</summary>
    public SectionInputs Inputs { get; }

    /// <summary>The services of a scope that lives as long as the call.</summary>
    public IServiceProvider Services { get; }
}
