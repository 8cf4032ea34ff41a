using Larder.AspNetCore.Warming;
using Larder.Memory;
using Larder.Tests.Views;
using Larder.Warming;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Larder.Tests.Warming;

public sealed class PopularRequestsTests
{
    private readonly PopularRequests _popular = new(Options.Create(new WarmingOptions { Popular = 10 }));

    [Fact]
    public void NoteLoad_OfEverNewKeys_StaysWithinItsBoundAndLeavesRoom()
    {
        for (var i = 0; i < 100_000; i++)
        {
            Note(i, ms: 1);
        }

        Assert.Equal(40, _popular.Count);
        _popular.Write();
        Assert.Equal(20, _popular.Count);
    }

    [Fact]
    public void Write_SomeHaveHits_KeepsThoseThatSparedMostAndForgetsSlowly()
    {
        for (var i = 0; i < 30; i++)
        {
            Note(i, ms: i == 7 ? 100 : 1);
            for (var hit = 0; hit < (i < 20 ? 1 : 5); hit++)
            {
                _popular.CountHit(KeyHash.Of($"key {i}"));
            }
        }

        var first = _popular.Read(_popular.Write());
        var second = _popular.Read(_popular.Write());

        Assert.Equal(10, first.Count);
        Assert.Equal("7", first[0].Parameters["id"]);
        Assert.All(first.Skip(1), request => Assert.InRange(int.Parse(request.Parameters["id"], System.Globalization.CultureInfo.InvariantCulture), 20, 29));
        Assert.Equal(first[0].Value / 2, second[0].Value);
    }

    private void Note(int id, int ms)
    {
        var context = new DefaultHttpContext();
        context.Request.RouteValues["id"] = $"{id}";
        _popular.NoteLoad($"key {id}", Shop.Product, context, TimeSpan.FromMilliseconds(ms));
    }
}
