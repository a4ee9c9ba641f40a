using System.Text;
using System.Text.Json;
using CsCheck;
using Gateway.Peeking;

namespace Gateway.Tests.Peeking;

/// <summary>Random documents, cut at random places, against what <see cref="JsonDocument"/> makes of them.</summary>
public sealed class JsonPeekerProperties
{
    private const string RealModel = "org/real";

    private static readonly string[] EngineNames = ["owned_by", "engine", "inference_server"];

    private static readonly Gen<string> Space = Gen.OneOf<string>("", "", "", " ", "\n", "\r\n\t ");

    private static readonly Gen<string> Text = Gen.OneOf(
        Gen.OneOf<string>("", "m", "vllm", "a\"b\\c", "}{][,:", "müller", "😀", "line\nbreak", new string('x', 5000)),
        Gen.String[Gen.Char[' ', 'ÿ'], 0, 20]);

    /// <summary>A string literal of the text, in which any character may be escaped that need not be.</summary>
    private static readonly Gen<string> StringLiteral = Gen.Select(Text, Gen.Int[0, 9].Array[8], (text, dice) => Literal(text, dice));

    private static readonly Gen<string> Name = Gen.Select(
        Gen.OneOf(Gen.OneOf<string>("model", "owned_by", "engine", "inference_server", "stream", "messages", "Model", "models", "mode"), Text),
        Gen.Int[0, 9].Array[8],
        Literal);

    private static readonly Gen<string> Scalar = Gen.OneOf(
        StringLiteral, Gen.OneOf<string>("null", "true", "false", "0", "-1.5e+3", "12345678901234567890"));

    private static readonly Gen<string> Value = Gen.Recursive<string>((depth, inner) => depth > 3
        ? Scalar
        : Gen.Frequency(
            (6, Scalar),
            (1, Gen.Select(Gen.Select(Space, inner, Space, (before, item, after) => before + item + after).List[0, 3], items => $"[{string.Join(',', items)}]")),
            (1, Members(inner).Select(members => $"{{{members}}}"))));

    private static readonly Gen<string> Document = Gen.Select(
        Space, Members(Value), Space, (before, members, after) => $"{before}{{{members}}}{after}");

    private static readonly Gen<(string Document, double[] Places)> Cut = Gen.Select(
        Document, Gen.Double.Unit.Array[0, 12], (document, places) => (document, places));

    [Fact]
    public void RandomDocuments_AreReadLikeJsonDocumentReadsThem() => Cut.Sample(
        (document, places) =>
        {
            byte[] body = Encoding.UTF8.GetBytes(document);
            Peeked peeked = Peeked.InPieces(body, [.. places.Select(place => (int)(place * body.Length)).Order()]);
            using JsonDocument oracle = JsonDocument.Parse(body);
            (PeekFailure failure, Dictionary<string, string?> texts) = Expect(oracle.RootElement);

            Assert.Equal(failure, peeked.Peek.Failure);
            if (failure != PeekFailure.None)
                return;

            foreach (RoutingField field in Enum.GetValues<RoutingField>())
            {
                string? expected = texts.GetValueOrDefault(RoutingFields.Name(field));
                if (expected is not { Length: > PeekedText.MaxLength })
                    Assert.Equal(string.IsNullOrEmpty(expected) ? null : expected, peeked.Text(field));
            }

            AssertSpliced(oracle.RootElement, peeked.Spliced(RealModel));
        },
        iter: 20_000);

    /// <summary>What is sent on is the same document without the engine's names, and with the model that was asked for.</summary>
    private static void AssertSpliced(JsonElement original, byte[] spliced)
    {
        using JsonDocument result = JsonDocument.Parse(spliced);
        List<(string, string)> expected = [.. original.EnumerateObject()
            .Where(member => !EngineNames.Contains(member.Name))
            .Select(member => (member.Name, member.Name == "model" ? $"\"{RealModel}\"" : member.Value.GetRawText()))];
        if (!expected.Exists(member => member.Item1 == "model"))
            expected.Insert(0, ("model", $"\"{RealModel}\""));
        Assert.Equal(expected, result.RootElement.EnumerateObject().Select(member => (member.Name, member.Value.GetRawText())));
    }

    private static (PeekFailure Failure, Dictionary<string, string?> Texts) Expect(JsonElement root)
    {
        var texts = new Dictionary<string, string?>();
        foreach (JsonProperty member in root.EnumerateObject())
        {
            if (member.Name != "model" && !EngineNames.Contains(member.Name))
                continue;
            if (texts.ContainsKey(member.Name))
                return (PeekFailure.DuplicateField, texts);
            if (member.Value.ValueKind is not (JsonValueKind.String or JsonValueKind.Null))
                return (PeekFailure.InvalidType, texts);
            texts[member.Name] = member.Value.GetString();
        }

        return (PeekFailure.None, texts);
    }

    private static Gen<string> Members(Gen<string> value) => Gen.Select(
        Gen.Select(Space, Name, Space, value, Space, (a, name, b, item, c) => $"{a}{name}{b}:{a}{item}{c}").List[0, 5],
        members => string.Join(',', members));

    private static string Literal(string text, int[] dice)
    {
        var literal = new StringBuilder("\"");
        for (int i = 0; i < text.Length; i++)
        {
            char sign = text[i];
            bool mayBeEscaped = sign is '"' or '\\' ? dice[i % dice.Length] < 5 : dice[i % dice.Length] == 0;
            if (sign < ' ' || (mayBeEscaped && !char.IsSurrogate(sign)))
                literal.Append($"\\u{(int)sign:x4}");
            else if (sign is '"' or '\\')
                literal.Append('\\').Append(sign);
            else
                literal.Append(sign);
        }

        return literal.Append('"').ToString();
    }
}
