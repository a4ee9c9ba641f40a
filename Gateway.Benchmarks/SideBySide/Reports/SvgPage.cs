using System.Globalization;
using System.Xml.Linq;

namespace Gateway.Benchmarks.SideBySide.Reports;

/// <summary>A drawing whose text and lines can be read on a light page and on a dark one.</summary>
internal sealed class SvgPage
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    // An image can't see the page's colours, but it can see what the reader prefers. The colours of the series suit both.
    private const string Style = """
        text { font: 12px system-ui, sans-serif; fill: #1f2328 }
        .title { font-weight: 600; font-size: 14px }
        .faint { fill: #656d76; font-size: 11px }
        .grid { stroke: #8888; stroke-width: 0.5; fill: none }
        .one { stroke: #1f2328; stroke-width: 1 }
        @media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .faint { fill: #9198a1 } .one { stroke: #e6edf3 } }
        """;

    private static readonly Dictionary<string, string> Colours = new()
    {
        ["direct"] = "#8c959f",
        ["haproxy-tcp"] = "#4a90d9",
        ["haproxy-json"] = "#17a2a2",
        ["nginx-njs"] = "#4ea34e",
        ["yarp"] = "#a371f7",
        ["gateway"] = "#e8590c",
    };

    private readonly XElement _root;

    public SvgPage(double width, double height, string description)
    {
        _root = new XElement(
            Svg + "svg",
            new XAttribute("viewBox", $"0 0 {Text(width)} {Text(height)}"), new XAttribute("width", Text(width)), new XAttribute("height", Text(height)),
            new XAttribute("role", "img"), new XElement(Svg + "title", description), new XElement(Svg + "style", Style));
    }

    public static string Colour(string contender) => Colours.GetValueOrDefault(contender, "#bf8700");

    public void AddText(double x, double y, string text, string style = "", string anchor = "start") =>
        Add("text", ("x", Text(x)), ("y", Text(y)), ("class", style), ("text-anchor", anchor)).Value = text;

    public void AddLine(double x1, double y1, double x2, double y2, string style) =>
        Add("line", ("x1", Text(x1)), ("y1", Text(y1)), ("x2", Text(x2)), ("y2", Text(y2)), ("class", style));

    public void AddBar(double x, double y, double width, double height, string colour) =>
        Add("rect", ("x", Text(x)), ("y", Text(y)), ("width", Text(width)), ("height", Text(height)), ("rx", "1.5"), ("fill", colour));

    public void AddCurve(IReadOnlyList<(double X, double Y)> points, string colour, double width)
    {
        string path = string.Join(' ', points.Select(point => $"{Text(point.X)},{Text(point.Y)}"));
        Add("polyline", ("points", path), ("fill", "none"), ("stroke", colour), ("stroke-width", Text(width)), ("stroke-linejoin", "round"));
        foreach ((double x, double y) in points)
            Add("circle", ("cx", Text(x)), ("cy", Text(y)), ("r", "2.5"), ("fill", colour));
    }

    public void AddLegend(double x, double y, IEnumerable<string> contenders)
    {
        foreach (string contender in contenders)
        {
            AddBar(x, y - 9, 10, 10, Colour(contender));
            AddText(x + 15, y, contender);
            x += 38 + (contender.Length * 7);
        }
    }

    public override string ToString() => _root + "\n";

    private XElement Add(string name, params IEnumerable<(string Name, string Value)> attributes)
    {
        var element = new XElement(Svg + name, attributes.Where(pair => pair.Value.Length > 0).Select(pair => new XAttribute(pair.Name, pair.Value)));
        _root.Add(element);
        return element;
    }

    private static string Text(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
