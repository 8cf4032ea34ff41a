using System.ComponentModel.DataAnnotations;

namespace Erp.Orders;

/// <summary>What an order costs beside its lines, and in which currency. Section <c>Erp</c> of the configuration.</summary>
internal sealed class OrderChargesOptions
{
    public const string Section = "Erp";

    /// <summary>Percent of the subtotal, 0 to 100. Default 0.</summary>
    [Range(typeof(decimal), "0", "100", ParseLimitsInInvariantCulture = true)]
    public decimal TaxPercent { get; set; }

    /// <summary>Added to every order, 0 to 100,000 with at most two decimals. Default 0.</summary>
    [Range(typeof(decimal), "0", "100000", ParseLimitsInInvariantCulture = true)]
    public decimal ShippingFee { get; set; }

    /// <summary>Three capital letters. Used while there is no default price list to say. Default USD.</summary>
    [Required, RegularExpression("^[A-Z]{3}$")]
    public string Currency { get; set; } = "USD";
}
