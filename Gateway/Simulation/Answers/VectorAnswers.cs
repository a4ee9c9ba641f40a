using System.Buffers.Binary;
using System.Text.Json;

namespace Gateway.Simulation.Answers;

/// <summary><c>/v1/embeddings</c>, <c>/pooling</c> and <c>/classify</c>: one item for each text.</summary>
internal static class VectorAnswers
{
    private const int DefaultDimensions = 8;

    public static string Embeddings(EngineState engine, JsonElement request, string model)
    {
        List<string> texts = SmallAnswer.Texts(request, "input", "messages");
        int dimensions = SmallAnswer.Number(request, "dimensions", DefaultDimensions);

        // The official client libraries ask for base64 by themselves.
        bool isBase64 = request.TryGetProperty("encoding_format", out JsonElement format)
            && format.ValueKind == JsonValueKind.String && format.ValueEquals("base64");
        IEnumerable<string> items = texts.Select((text, index) =>
        {
            float[] vector = Vector(text, dimensions);
            return $$"""{"index":{{index}},"object":"embedding","embedding":{{(isBase64 ? Base64(vector) : Numbers(vector))}}}""";
        });
        return SmallAnswer.List(engine, "embd", model, items, SmallAnswer.Tokens(texts));
    }

    public static string Pooling(EngineState engine, JsonElement request, string model)
    {
        List<string> texts = SmallAnswer.Texts(request, "input", "messages");
        IEnumerable<string> items = texts.Select((text, index) =>
            $$"""{"index":{{index}},"object":"pooling","data":{{Numbers(Vector(text, DefaultDimensions))}}}""");
        return SmallAnswer.List(engine, "pool", model, items, SmallAnswer.Tokens(texts));
    }

    public static string Classify(EngineState engine, JsonElement request, string model)
    {
        List<string> texts = SmallAnswer.Texts(request, "input", "messages");
        IEnumerable<string> items = texts.Select((_, index) => $$"""{"index":{{index}},"label":"LABEL_1","probs":[0.25,0.75],"num_classes":2}""");
        return SmallAnswer.List(engine, "classify", model, items, SmallAnswer.Tokens(texts));
    }

    /// <summary>The same for the same text: its signs, scaled into [0, 1).</summary>
    private static float[] Vector(string text, int dimensions)
    {
        var vector = new float[dimensions];
        for (int i = 0; i < text.Length; i++)
            vector[i % dimensions] = (vector[i % dimensions] + (text[i] / 256f)) % 1;
        return vector;
    }

    private static string Numbers(float[] vector) => $"[{string.Join(',', vector)}]";

    private static string Base64(float[] vector)
    {
        var bytes = new byte[vector.Length * sizeof(float)];
        for (int i = 0; i < vector.Length; i++)
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), vector[i]);
        return $"\"{Convert.ToBase64String(bytes)}\"";
    }
}
