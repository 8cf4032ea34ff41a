using System.Text.Json;
using Erp.Views;

namespace Erp.Tests.Views;

public sealed class TwoPlacesTests
{
    [Theory]
    [InlineData("0", "0.00")]
    [InlineData("5", "5.00")]
    [InlineData("1.005", "1.01")]
    [InlineData("-1.005", "-1.01")]
    [InlineData("-0.001", "0.00")]
    [InlineData("2.34499", "2.34")]
    [InlineData("79228162514264337593543950335", "79228162514264337593543950335.00")]
    public void Write_OfADecimal_HasTwoPlacesRoundedAwayFromZero(string value, string json)
    {
        var options = new JsonSerializerOptions();
        ErpJson.Configure(options);

        Assert.Equal(json, JsonSerializer.Serialize(decimal.Parse(value), options));
    }
}
