using System.Runtime.InteropServices;
using System.Text.Json;

namespace Gateway.Discovery;

/// <summary>One entry of an engine's <c>/v1/models</c>.</summary>
/// <param name="Id">The name that requests use.</param>
/// <param name="OwnedBy">The engine as the card names it; null where it names none.</param>
/// <param name="Json">The whole object as the engine wrote it, independent of the document it was read from.</param>
internal sealed record ModelCard(string Id, string? OwnedBy, JsonElement Json)
{
    /// <summary>
    /// Whether both say the same. vLLM writes the time of the request into <c>created</c> and a random id into <c>permission</c>,
    /// so these two differ on every answer and mean nothing.
    /// </summary>
    public bool SaysTheSameAs(ModelCard other) =>
        Id == other.Id && Lasting(Json).SequenceEqual(Lasting(other.Json), SameMember.Instance);

    public static bool SayTheSame(IReadOnlyList<ModelCard> left, IReadOnlyList<ModelCard> right)
    {
        if (left.Count != right.Count)
            return false;

        for (int i = 0; i < left.Count; i++)
        {
            if (!left[i].SaysTheSameAs(right[i]))
                return false;
        }

        return true;
    }

    private static IEnumerable<JsonProperty> Lasting(JsonElement card) =>
        card.EnumerateObject().Where(member => member.Name is not ("created" or "permission"));

    private sealed class SameMember : IEqualityComparer<JsonProperty>
    {
        public static readonly SameMember Instance = new();

        public bool Equals(JsonProperty left, JsonProperty right) =>
            left.Name == right.Name && JsonMarshal.GetRawUtf8Value(left.Value).SequenceEqual(JsonMarshal.GetRawUtf8Value(right.Value));

        public int GetHashCode(JsonProperty member) => member.Name.GetHashCode(StringComparison.Ordinal);
    }
}
