using System.Buffers;
using System.Text;
using Gateway.Peeking;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace Gateway.Tests.Peeking;

/// <summary>One part of a form, as a client writes it and as a server reads it.</summary>
internal sealed record FormPart(string Name, byte[] Value, string? FileName = null)
{
    public FormPart(string name, string value) : this(name, Encoding.UTF8.GetBytes(value))
    {
    }

    public bool IsSameAs(FormPart other) => Name == other.Name && FileName == other.FileName && Value.AsSpan().SequenceEqual(other.Value);

    public override string ToString() => $"{Name} ({FileName ?? "no file"}): {Encoding.Latin1.GetString(Value)}";
}

/// <summary>Writes forms, and reads what is left of them with ASP.NET Core's own parser.</summary>
internal static class MultipartForm
{
    public static byte[] Write(string boundary, IEnumerable<FormPart> parts, string preamble = "", string epilogue = "")
    {
        using var body = new MemoryStream();
        body.Write(Encoding.Latin1.GetBytes(preamble));
        foreach (FormPart part in parts)
        {
            string file = part.FileName is null ? "" : $"; filename=\"{part.FileName}\"\r\nContent-Type: application/octet-stream";
            body.Write(Encoding.UTF8.GetBytes($"--{boundary}\r\nContent-Disposition: form-data; name=\"{part.Name}\"{file}\r\n\r\n"));
            body.Write(part.Value);
            body.Write("\r\n"u8);
        }

        body.Write(Encoding.Latin1.GetBytes($"--{boundary}--{epilogue}"));
        return body.ToArray();
    }

    public static async Task<List<FormPart>> ReadAsync(byte[] body, string boundary, CancellationToken cancellationToken)
    {
        var parts = new List<FormPart>();
        var reader = new MultipartReader(boundary, new MemoryStream(body));
        while (await reader.ReadNextSectionAsync(cancellationToken) is { } section)
        {
            var disposition = Microsoft.Net.Http.Headers.ContentDispositionHeaderValue.Parse(section.ContentDisposition);
            using var value = new MemoryStream();
            await section.Body.CopyToAsync(value, cancellationToken);
            StringSegment file = disposition.FileName;
            parts.Add(new(disposition.Name.Value!.Trim('"'), value.ToArray(), file.HasValue ? file.Value!.Trim('"') : null));
        }

        return parts;
    }

    /// <summary>What is sent on: without the cuts, and with another model if there is one to replace.</summary>
    public static byte[] Splice(byte[] body, BodyPeek peek, string? model)
    {
        var edits = new List<(ByteRange Range, string Text)>();
        foreach (ByteRange cut in peek.Cuts)
            edits.Add((cut, ""));
        if (model is not null && peek.ModelValue.Length > 0)
            edits.Add((peek.ModelValue, model));

        using var spliced = new MemoryStream();
        long at = 0;
        foreach ((ByteRange range, string text) in edits.OrderBy(edit => edit.Range.Start))
        {
            spliced.Write(body, (int)at, (int)(range.Start - at));
            spliced.Write(Encoding.UTF8.GetBytes(text));
            at = range.End;
        }

        spliced.Write(body, (int)at, (int)(body.Length - at));
        return spliced.ToArray();
    }

    /// <summary>Bytes for signs, one each.</summary>
    public static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    public static BodyPeek Peek(byte[] body, string boundary = "b") => Peek(new ReadOnlySequence<byte>(body), boundary);

    public static BodyPeek Peek(in ReadOnlySequence<byte> body, string boundary = "b")
    {
        var peek = new BodyPeek();
        MultipartPeeker.Peek(body, boundary, peek);
        return peek;
    }
}
