namespace Larder.Views.Execution;

/// <summary>Carries a section's failure to every caller that waits for the section.</summary>
internal sealed class SectionFailedException(SectionFailure failure)
    : Exception($"The section could not be read: {failure.Reason}.", failure.Exception)
{
    public SectionFailure Failure { get; } = failure;
}
