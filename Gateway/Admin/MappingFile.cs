using System.Buffers;
using System.Text.Json;
using Gateway.Forwarding;
using Gateway.Routing;

namespace Gateway.Admin;

/// <summary>The mappings as the content of a file: <c>{"revision":R,"mappings":[…]}</c>.</summary>
internal static class MappingFile
{
    /// <exception cref="MappingFileException">The file can't be read or is not what <see cref="Render"/> writes.</exception>
    public static MappingSnapshot Load(string path)
    {
        byte[] content;
        try
        {
            content = File.ReadAllBytes(path);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return MappingSnapshot.Empty;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new MappingFileException(path, "can't be read", error.Message, error);
        }

        try
        {
            using var document = JsonDocument.Parse(content, MappingJson.Strict);
            return Read(path, document.RootElement);
        }
        catch (Exception error) when (MappingJson.IsMalformed(error))
        {
            throw new MappingFileException(path, "is damaged", error.Message, error);
        }
    }

    public static ReadOnlyMemory<byte> Render(MappingSnapshot snapshot)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer, JsonAnswer.Readable with { Indented = true });
        json.WriteStartObject();
        json.WriteNumber("revision", snapshot.Revision);
        json.WriteStartArray("mappings");
        foreach (Mapping mapping in snapshot.Mappings.Values.OrderBy(kept => kept.Model, StringComparer.Ordinal).ThenBy(kept => kept.Key.Engine, StringComparer.Ordinal))
            MappingJson.Write(json, mapping);
        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    private static MappingSnapshot Read(string path, JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object
            || root.GetPropertyCount() != 2
            || !root.TryGetProperty("revision", out JsonElement revisionMember)
            || !root.TryGetProperty("mappings", out JsonElement mappingsMember)
            || mappingsMember.ValueKind != JsonValueKind.Array)
        {
            throw new MappingFileException(path, "is damaged", "it must hold {\"revision\":<number>,\"mappings\":[…]}");
        }

        if (revisionMember.ValueKind != JsonValueKind.Number || !revisionMember.TryGetInt64(out long revision) || revision < 0)
            throw new MappingFileException(path, "is damaged", "'revision' must be a whole number, 0 or above");

        var mappings = new Dictionary<MappingKey, Mapping>();
        foreach (JsonElement element in mappingsMember.EnumerateArray())
        {
            string where = $"mappings[{mappings.Count}]";
            MappingReading reading = MappingJson.Read(element);
            Mapping mapping = reading.Mapping ?? throw new MappingFileException(path, "is damaged", $"{where}: {reading.Problem}");
            if (!mappings.TryAdd(mapping.Key, mapping))
                throw new MappingFileException(path, "is damaged", $"{where}: '{mapping.Model}' on '{mapping.OwnedBy}' is there twice");
        }

        return new MappingSnapshot(revision, mappings);
    }
}
