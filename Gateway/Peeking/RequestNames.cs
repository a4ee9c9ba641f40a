using System.Text;

namespace Gateway.Peeking;

/// <summary>
/// Which model and which engine a request asks for: the first place that says so, for each of the two by itself.
/// Texts live as long as the request they were read from.
/// </summary>
internal readonly ref struct RequestNames
{
    private static readonly string[] EngineHeaders = ["x-owned-by", "x-engine", "x-inference-server"];
    private const string ModelHeader = "x-gateway-model-name";

    private RequestNames(Found model, Found engine)
    {
        Model = model.Text;
        Engine = engine.Text;
        ModelOrigin = model.Origin;
        EngineOrigin = engine.Origin;
        ModelIsSettled = model.IsSettled;
        EngineIsSettled = engine.IsSettled;
    }

    /// <summary>Empty when none is named.</summary>
    public ReadOnlySpan<char> Model { get; }

    /// <summary>Empty when none is named.</summary>
    public ReadOnlySpan<char> Engine { get; }

    /// <summary>Which place named the model, if one did.</summary>
    public NameOrigin ModelOrigin { get; }

    /// <summary>Which place named the engine, if one did.</summary>
    public NameOrigin EngineOrigin { get; }

    /// <summary>True when nothing that may still come in the body can change the model.</summary>
    public bool ModelIsSettled { get; }

    /// <summary>True when nothing that may still come in the body can change the engine.</summary>
    public bool EngineIsSettled { get; }

    /// <param name="body">What has been seen of the body.</param>
    /// <param name="bodyIsComplete">Whether that is all of it.</param>
    /// <param name="headers">The request's header fields.</param>
    /// <param name="query">The request's query as it was sent, with its question mark.</param>
    /// <param name="sources">The places to look at, in order.</param>
    public static RequestNames Read(
        BodyPeek body, bool bodyIsComplete, IHeaderDictionary headers, string? query, ReadOnlySpan<RequestSource> sources)
    {
        var model = new Found { IsSettled = true };
        var engine = new Found { IsSettled = true };
        foreach (RequestSource source in sources)
        {
            switch (source)
            {
                case RequestSource.Body:
                    model.Take(body, RoutingField.Model, bodyIsComplete);
                    for (var field = RoutingField.OwnedBy; field <= RoutingField.InferenceServer; field++)
                        engine.Take(body, field, bodyIsComplete);
                    break;
                case RequestSource.Header:
                    model.Take(AsUtf8(headers[ModelHeader]), source, ModelHeader);
                    foreach (string name in EngineHeaders)
                        engine.Take((string?)headers[name], source, name);
                    break;
                case RequestSource.Query when !string.IsNullOrEmpty(query):
                    model.Take(RoutingQuery.Value(query, RoutingField.Model).Span, source, RoutingFields.Name(RoutingField.Model));
                    for (var field = RoutingField.OwnedBy; field <= RoutingField.InferenceServer; field++)
                        engine.Take(RoutingQuery.Value(query, field).Span, source, RoutingFields.Name(field));
                    break;
            }
        }

        return new RequestNames(model, engine);
    }

    // Header fields are read as Latin-1, so that every byte of them can be passed on; a name beyond ASCII was written in UTF-8.
    private static string? AsUtf8(string? latin1) =>
        latin1 is null || Ascii.IsValid(latin1) ? latin1 : Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(latin1));

    private ref struct Found
    {
        public ReadOnlySpan<char> Text;
        public NameOrigin Origin;

        /// <summary>False once an unseen member of the body would come before what was found.</summary>
        public bool IsSettled;

        public void Take(BodyPeek body, RoutingField field, bool bodyIsComplete)
        {
            if (!Text.IsEmpty)
                return;
            Take(body.Text(field).Span, RequestSource.Body, RoutingFields.Name(field));
            if (Text.IsEmpty && !body.HasSeen(field) && !bodyIsComplete)
                IsSettled = false;
        }

        public void Take(ReadOnlySpan<char> text, RequestSource source, string name)
        {
            if (!Text.IsEmpty || text.IsEmpty)
                return;
            Text = text;
            Origin = new NameOrigin(source, name);
        }
    }
}
