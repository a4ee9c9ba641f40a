using System.Text.Json;
using Gateway.Routing;

namespace Gateway.Admin;

/// <summary>
/// The members of one JSON object, read strictly: what is unknown or of the wrong kind is reported to <see cref="FirstProblem"/>,
/// and reading goes on with a default. <c>null</c> counts as absent.
/// </summary>
internal sealed class JsonMembers
{
    private readonly Dictionary<string, JsonElement> _members = new(StringComparer.Ordinal);
    private readonly string _path;
    private readonly FirstProblem _problem;

    /// <param name="element">The object.</param>
    /// <param name="path">What to put before a member's name to find it in the document, for example <c>targets[1].</c>.</param>
    /// <param name="known">Every member that the object may have.</param>
    /// <param name="problem">Where to report.</param>
    public JsonMembers(JsonElement element, string path, string[] known, FirstProblem problem)
    {
        _path = path;
        _problem = problem;
        string what = path.Length == 0 ? "A mapping" : $"'{path.TrimEnd('.')}'";
        if (element.ValueKind != JsonValueKind.Object)
        {
            problem.Report(path.TrimEnd('.'), $"{what} must be a JSON object with some of {string.Join(", ", known)}.");
            return;
        }

        foreach (JsonProperty member in element.EnumerateObject())
        {
            if (!known.Contains(member.Name))
                problem.Report(path + member.Name, $"{what} has no member '{member.Name}'; allowed are {string.Join(", ", known)}.");
            else if (member.Value.ValueKind != JsonValueKind.Null)
                _members[member.Name] = member.Value;
        }
    }

    public string RequiredText(string name, TextRule rule)
    {
        if (!_members.ContainsKey(name))
            Report(name, $"is required and must be {rule.Allowed}");
        return Text(name, rule) ?? "";
    }

    public string? Text(string name, TextRule rule)
    {
        if (!_members.TryGetValue(name, out JsonElement value))
            return null;
        if (value.ValueKind == JsonValueKind.String && value.GetString() is { } text && rule.Holds(text))
            return text;
        Report(name, $"must be {rule.Allowed}");
        return null;
    }

    public int Integer(string name, int least, int most, int absent)
    {
        if (!_members.TryGetValue(name, out JsonElement value))
            return absent;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) && number >= least && number <= most)
            return number;
        Report(name, $"must be an integer from {least} to {most}");
        return absent;
    }

    public TimeSpan? Duration(string name)
    {
        if (!_members.TryGetValue(name, out JsonElement value))
            return null;
        if (value.ValueKind == JsonValueKind.String && DurationText.TryParse(value.GetString()!, out TimeSpan duration) && duration > TimeSpan.Zero)
            return duration;
        Report(name, $"must be a duration above 00:00:00 and up to {DurationText.Longest}, as a string \"{DurationText.Form}\"");
        return null;
    }

    public IReadOnlyList<EndpointAddress> Addresses(string name)
    {
        var addresses = new List<EndpointAddress>();
        foreach (JsonElement item in Items(name))
        {
            if (item.ValueKind == JsonValueKind.String && EndpointAddress.TryParse(item.GetString(), http2: false, out EndpointAddress? address))
                addresses.Add(address);
            else
                Report(name, "must hold addresses of the form \"http://host:port\" or \"https://host:port\" and nothing more");
        }

        // Named twice, an endpoint would be drawn twice as often.
        return [.. addresses.Distinct()];
    }

    public JsonMembers? Object(string name, string[] known) =>
        _members.TryGetValue(name, out JsonElement value) ? new JsonMembers(value, $"{_path}{name}.", known, _problem) : null;

    public IReadOnlyList<JsonMembers> Objects(string name, string[] known) =>
        [.. Items(name).Select((item, index) => new JsonMembers(item, $"{_path}{name}[{index}].", known, _problem))];

    public void RequireExactlyOne(params string[] names)
    {
        string[] present = [.. names.Where(_members.ContainsKey)];
        if (present.Length != 1)
        {
            string found = present.Length == 0 ? "none is there" : $"{string.Join(" and ", present)} are";
            Report(present.Length == 0 ? names[0] : present[1], $"is one of {string.Join(", ", names)}, of which exactly one must be there; {found}");
        }
    }

    public void Report(string name, string problem) => _problem.Report(_path + name, $"'{_path}{name}' {problem}.");

    private IReadOnlyList<JsonElement> Items(string name)
    {
        if (!_members.TryGetValue(name, out JsonElement value))
            return [];
        if (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() > 0)
            return [.. value.EnumerateArray()];
        Report(name, "must be an array with at least one item");
        return [];
    }
}

/// <summary>The first thing that was found wrong in a document: the one worth telling, since others may follow from it.</summary>
internal sealed class FirstProblem
{
    public string? Member { get; private set; }

    public string? Message { get; private set; }

    public void Report(string member, string message)
    {
        if (Message is null)
            (Member, Message) = (member.Length == 0 ? null : member, message);
    }
}
