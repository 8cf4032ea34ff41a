namespace Erp.DemoData;

/// <summary>The words that names are put together from.</summary>
internal static class DemoWords
{
    public static readonly (string Root, (string Name, string[] Nouns)[] Children)[] Categories =
    [
        ("Workshop", [
            ("Hand tools", ["Hammer", "Screwdriver set", "Pliers", "Chisel", "Spanner"]),
            ("Power tools", ["Drill", "Jigsaw", "Sander", "Angle grinder"]),
            ("Measuring", ["Tape measure", "Spirit level", "Caliper", "Laser meter"]),
            ("Storage", ["Tool box", "Drawer unit", "Pegboard", "Sorting tray"])]),
        ("Building", [
            ("Fixings", ["Screw pack", "Wall plug pack", "Bolt set", "Bracket"]),
            ("Paint", ["Wall paint", "Primer", "Wood stain", "Metal lacquer"]),
            ("Adhesives", ["Wood glue", "Mounting glue", "Sealant", "Tape"]),
            ("Timber", ["Pine board", "Oak board", "Plywood sheet", "Batten"])]),
        ("Electrical", [
            ("Lighting", ["Ceiling lamp", "Work light", "LED strip", "Wall lamp"]),
            ("Cables", ["Extension lead", "Cable reel", "Patch cable", "Cable duct"]),
            ("Switches", ["Light switch", "Dimmer", "Socket", "Timer switch"])]),
        ("Garden", [
            ("Watering", ["Garden hose", "Sprinkler", "Watering can", "Rain barrel"]),
            ("Cutting", ["Hedge shears", "Pruning saw", "Lawn mower", "Loppers"]),
            ("Planting", ["Planter", "Seed tray", "Potting bench", "Trellis"])]),
        ("Kitchen", [
            ("Cookware", ["Frying pan", "Stock pot", "Casserole", "Baking tray"]),
            ("Tableware", ["Plate set", "Bowl set", "Mug", "Carafe"]),
            ("Knives", ["Chef's knife", "Bread knife", "Paring knife", "Knife block"])]),
        ("Office", [
            ("Furniture", ["Desk", "Office chair", "Shelf unit", "Filing cabinet"]),
            ("Paper", ["Notebook", "Copy paper box", "Envelope pack", "Label roll"]),
            ("Writing", ["Marker set", "Ball pen box", "Whiteboard", "Desk pad"])]),
        ("Safety", [
            ("Clothing", ["Work jacket", "Work trousers", "Safety boots", "High-vis vest"]),
            ("Protection", ["Safety goggles", "Ear defenders", "Work gloves", "Dust mask"]),
            ("First aid", ["First aid kit", "Burn kit", "Eye wash", "Bandage pack"])]),
        ("Cleaning", [
            ("Machines", ["Vacuum cleaner", "Pressure washer", "Steam cleaner"]),
            ("Supplies", ["Broom", "Mop set", "Bucket", "Cloth pack"])]),
    ];

    public static readonly string[] Adjectives =
        ["Compact", "Classic", "Sturdy", "Light", "Premium", "Basic", "Folding", "Heavy-duty", "Slim", "Universal", "Smart", "Everyday"];

    public static readonly string[] Brands =
        ["Nordheim", "Kestrel & Sons", "Varo", "Altmark", "Brightwell", "Torqua", "Fenwick", "Lindqvist", "Oakline", "Pelikon", "Rivet", "Stanmore"];

    public static readonly string[] Colors = ["Black", "Grey", "White", "Red", "Blue", "Green", "Yellow"];

    public static readonly string[] Sizes = ["S", "M", "L", "XL"];

    public static readonly string[] Units = ["EA", "EA", "EA", "PACK", "SET", "BOX"];

    public static readonly string[] FirstNames =
    [
        "Ada", "Amir", "Bela", "Carla", "Chidi", "Clara", "Dario", "Dilan", "Elif", "Emil", "Farah", "Felix", "Greta", "Hana", "Ines", "Ivan",
        "Jonas", "Kaya", "Lars", "Leila", "Lucia", "Malik", "Marta", "Mina", "Nils", "Nora", "Omar", "Paula", "Rafael", "Rosa", "Samir", "Selma",
        "Tariq", "Tessa", "Uma", "Victor", "Wanda", "Yara", "Yusuf", "Zoe",
    ];

    public static readonly string[] LastNames =
    [
        "Abara", "Albrecht", "Bakker", "Berg", "Castell", "Chen", "Dahl", "Dumont", "Eriksen", "Farouk", "Fischer", "Galvan", "Haddad", "Holm",
        "Ibarra", "Jansen", "Kaplan", "Keller", "Kovac", "Larsen", "Lindgren", "Marino", "Mendez", "Moreau", "Nagy", "Novak", "Okafor", "Olsen",
        "Petrov", "Quist", "Rahman", "Rossi", "Saab", "Silva", "Tanaka", "Toth", "Ueda", "Vogel", "Weiss", "Yilmaz", "Zeller",
    ];

    public static readonly string[] Trades =
        ["Joinery", "Electrics", "Construction", "Catering", "Gardens", "Facilities", "Interiors", "Workshops", "Hardware", "Logistics", "Schools", "Hotels"];

    public static readonly string[] LegalForms = ["Ltd", "GmbH", "Inc", "LLC", "& Partners", "Group"];

    public static readonly (string Code, string Name, string City)[] Branches =
        [("B-NORTH", "North", "Hamburg"), ("B-EAST", "East", "Leipzig"), ("B-SOUTH", "South", "Munich"), ("B-WEST", "West", "Cologne"), ("B-CENTRE", "Centre", "Frankfurt")];

    public const string Country = "Germany";

    public static readonly string[] Streets =
        ["Station Road", "Mill Lane", "Harbour Street", "Church Row", "Market Square", "Factory Road", "Garden Way", "Bridge Street"];

    public static readonly string[] Carriers = ["Northline Parcel", "Swift Freight", "Own fleet"];

    public static readonly string[] CancelReasons = ["Ordered by mistake", "Found elsewhere", "Delivery too late", "No longer needed"];

    public static readonly string[] OrderNotes = ["Ring before delivery", "Leave with the neighbour", "Deliver to the back entrance", "Partial delivery welcome"];

    /// <summary>What is said with one star, two stars and so on.</summary>
    public static readonly string[][] Comments =
    [
        ["Broke in the first week.", "Not what the picture shows.", "Sent it back."],
        ["Works, but feels flimsy.", "Arrived with scratches.", "Hard to put together."],
        ["Does the job.", "Fair for the price.", "Neither good nor bad."],
        ["Good quality, would buy again.", "Solid, a little heavy.", "Works well in daily use."],
        ["Excellent, exactly as described.", "Best one we have had.", "Use it every day and it still looks new."],
    ];
}
