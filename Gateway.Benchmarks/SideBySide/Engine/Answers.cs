using System.Text;

namespace Gateway.Benchmarks.SideBySide.Engine;

/// <summary>Whole answers that never change.</summary>
internal static class Answers
{
    public static byte[] Json(string body) => Encoding.ASCII.GetBytes(
        $"HTTP/1.1 200 OK\r\nserver: uvicorn\r\ncontent-type: application/json\r\ncontent-length: {body.Length}\r\n\r\n{body}");
}
