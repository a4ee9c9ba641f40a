namespace Gateway.Peeking;

/// <summary>The place of a request that named its model or its engine: of the body the member or field, else the header field or query parameter.</summary>
internal readonly record struct NameOrigin(RequestSource Source, string Name);
