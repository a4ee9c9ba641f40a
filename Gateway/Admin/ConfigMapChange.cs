using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Gateway.Discovery.Kubernetes;
using Gateway.Forwarding;
using Gateway.Routing;
using k8s.Models;

namespace Gateway.Admin;

/// <summary>A write: some keys, and the revision that they make. No other key is part of it.</summary>
internal sealed class ConfigMapChange
{
    // Indented, for whoever reads or edits it with kubectl, which shows lines as lines.
    private static readonly JsonWriterOptions ForPeople = JsonAnswer.Readable with { Indented = true, NewLine = "\n" };

    private readonly ConfigMapContent _before;
    private readonly IReadOnlyDictionary<string, string?> _keys;
    private readonly Dictionary<string, string> _annotations;

    /// <param name="before">What is changed.</param>
    /// <param name="keys">The new values; null for a key that is to go.</param>
    /// <param name="revision">The number that the result has.</param>
    public ConfigMapChange(ConfigMapContent before, IReadOnlyDictionary<string, string?> keys, long revision)
    {
        _before = before;
        _keys = keys;
        var after = new Dictionary<string, string>(before.Data);
        foreach ((string key, string? value) in keys)
        {
            if (value is null)
                after.Remove(key);
            else
                after[key] = value;
        }

        Size = SizeOf(after);
        _annotations = new Dictionary<string, string>
        {
            [ConfigMapRevision.NumberAnnotation] = revision.ToString(CultureInfo.InvariantCulture),
            [ConfigMapRevision.FingerprintAnnotation] = ConfigMapRevision.FingerprintOf(after),
        };
    }

    /// <summary>Bytes of all keys and values after the write.</summary>
    public long Size { get; }

    public bool Grows => Size > SizeOf(_before.Data);

    public static string Render(Mapping mapping)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, ForPeople))
            MappingJson.Write(json, mapping);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>A merge patch (RFC 7386). The resourceVersion in it makes the API server answer 409 when anything has changed since.</summary>
    public V1Patch ToPatch()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject("metadata");
            json.WriteString("resourceVersion", _before.ResourceVersion);
            json.WriteStartObject("annotations");
            foreach ((string name, string value) in _annotations)
                json.WriteString(name, value);
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteStartObject("data");
            foreach ((string key, string? value) in _keys)
                json.WriteString(key, value);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return new V1Patch(Encoding.UTF8.GetString(buffer.WrittenSpan), V1Patch.PatchType.MergePatch);
    }

    /// <summary>The same for where there is no ConfigMap yet.</summary>
    public V1ConfigMap ToNew(ResourceName name) => new()
    {
        Metadata = new V1ObjectMeta { Name = name.Name, NamespaceProperty = name.Namespace, Annotations = _annotations },
        Data = _keys.Where(pair => pair.Value is not null).ToDictionary(pair => pair.Key, pair => pair.Value!),
    };

    private static long SizeOf(IReadOnlyDictionary<string, string> data) =>
        data.Sum(pair => (long)Encoding.UTF8.GetByteCount(pair.Key) + Encoding.UTF8.GetByteCount(pair.Value));
}
