namespace Gateway.Peeking;

/// <summary>Where a request may say which model and which engine it wants.</summary>
internal enum RequestSource
{
    Body,
    Header,
    Query,
}
