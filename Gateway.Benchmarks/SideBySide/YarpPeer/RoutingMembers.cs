using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;

namespace Gateway.Benchmarks.SideBySide.YarpPeer;

/// <summary>What a body says it wants, found without taking the body out of the pipe.</summary>
internal sealed class RoutingMembers
{
    private JsonReaderState _state = new(new JsonReaderOptions { MaxDepth = 256 });
    private long _read;
    private Member _awaited;

    private RoutingMembers()
    {
    }

    public string? Model { get; private set; }

    public string? OwnedBy { get; private set; }

    public bool Malformed { get; private set; }

    private bool IsComplete => (Model is not null && OwnedBy is not null) || Malformed;

    /// <summary>Reads until both are known, or to the end of the body.</summary>
    public static async ValueTask<RoutingMembers> PeekAsync(PipeReader body, CancellationToken cancellationToken)
    {
        var members = new RoutingMembers();
        for (long nextLook = 1; ;)
        {
            ReadResult result = await body.ReadAsync(cancellationToken);
            ReadOnlySequence<byte> bytes = result.Buffer;
            if (bytes.Length >= nextLook || result.IsCompleted)
            {
                members.Read(bytes, result.IsCompleted);
                // The reader begins a string that has not ended again from its start; looking only when twice as much of it is there keeps
                // a huge one linear.
                nextLook = bytes.Length + (bytes.Length - members._read);
            }

            if (members.IsComplete || result.IsCompleted)
            {
                body.AdvanceTo(bytes.Start);
                return members;
            }

            body.AdvanceTo(bytes.Start, bytes.End);
        }
    }

    private void Read(in ReadOnlySequence<byte> body, bool isCompleted)
    {
        var reader = new Utf8JsonReader(body.Slice(_read), isCompleted, _state);
        try
        {
            while (!IsComplete && reader.Read())
            {
                if (reader.TokenType == JsonTokenType.PropertyName)
                    _awaited = reader.CurrentDepth != 1 ? Member.Other
                        : reader.ValueTextEquals("model"u8) ? Member.Model
                        : reader.ValueTextEquals("owned_by"u8) ? Member.OwnedBy
                        : Member.Other;
                else if (_awaited != Member.Other)
                    Take(ref reader);
            }
        }
        catch (JsonException)
        {
            Malformed = true;
        }

        _state = reader.CurrentState;
        _read += reader.BytesConsumed;
    }

    private void Take(ref Utf8JsonReader reader)
    {
        string? value = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
        if (_awaited == Member.Model)
            Model = value;
        else
            OwnedBy = value;
        _awaited = Member.Other;
    }

    private enum Member
    {
        Other,
        Model,
        OwnedBy,
    }
}
