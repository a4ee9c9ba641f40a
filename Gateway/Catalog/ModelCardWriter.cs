using System.Runtime.InteropServices;
using System.Text.Json;

namespace Gateway.Catalog;

/// <summary>Writes the model card of a route: the engine's own, byte for byte, but for the name and the owner that clients use here.</summary>
internal static class ModelCardWriter
{
    /// <param name="json">Where to.</param>
    /// <param name="route">Whose card.</param>
    /// <param name="created">What a card says that no engine wrote, in Unix seconds.</param>
    public static void Write(Utf8JsonWriter json, Route route, long created)
    {
        json.WriteStartObject();
        bool hasId = false;
        bool hasOwner = false;
        if (route.Card is { } card)
        {
            foreach (JsonProperty member in card.EnumerateObject())
            {
                switch (member.Name)
                {
                    case "id":
                        hasId = true;
                        json.WriteString("id", route.Model);
                        break;
                    case "owned_by":
                        hasOwner = true;
                        json.WriteString("owned_by", route.OwnedBy);
                        break;
                    default:
                        json.WritePropertyName(member.Name);
                        json.WriteRawValue(JsonMarshal.GetRawUtf8Value(member.Value), skipInputValidation: true);
                        break;
                }
            }
        }

        if (!hasId)
            json.WriteString("id", route.Model);
        if (route.Card is null)
        {
            json.WriteString("object", "model");
            json.WriteNumber("created", created);
        }

        if (!hasOwner)
            json.WriteString("owned_by", route.OwnedBy);
        json.WriteEndObject();
    }
}
