using System.Transactions;
using Larder.Freshness;

namespace Larder.Tests.Freshness;

/// <summary>What is asked of System.Transactions only once its assembly is loaded.</summary>
public sealed class SystemTransactionsTests
{
    [Fact]
    public void AssemblyName_BeginsTheNameOfTheAssemblyThatTransactionsAreIn() =>
        Assert.StartsWith(SystemTransactions.AssemblyName, typeof(Transaction).Assembly.GetName().Name, StringComparison.Ordinal);

    [Theory]
    [InlineData(TransactionScopeAsyncFlowOption.Suppress)]
    [InlineData(TransactionScopeAsyncFlowOption.Enabled)]
    public void HasCurrent_WithinAScope_IsTrueAndTheEndIsFollowed(TransactionScopeAsyncFlowOption flow)
    {
        var ends = 0;
        Assert.False(SystemTransactions.HasCurrent);
        Assert.False(SystemTransactions.TryFollow(() => ends++));
        using (new TransactionScope(flow))
        {
            Assert.True(SystemTransactions.HasCurrent);
            Assert.True(SystemTransactions.TryFollow(() => ends++));
            Assert.Equal(0, ends);
        }

        Assert.False(SystemTransactions.HasCurrent);
        Assert.Equal(1, ends);
    }
}
