using Gateway.Peeking;
using Gateway.Picking;
using Gateway.Routing;
using Gateway.Telemetry;

namespace Gateway.Forwarding;

/// <summary>All that belongs to one request on its way through the gateway. Kept and reset from request to request.</summary>
internal sealed class Exchange
{
    public Exchange()
    {
        JsonPeeker = new JsonPeeker(Peek);
    }

    public HttpContext Context { get; private set; } = null!;

    public ProxiedPath Path { get; private set; } = null!;

    public string RequestId { get; private set; } = "";

    public ForwardingSettings Settings { get; private set; } = null!;

    public RequestDeadline Deadline { get; private set; } = null!;

    public RequestBody Body { get; } = new();

    public BodyPeek Peek { get; } = new();

    public JsonPeeker JsonPeeker { get; }

    public SplicePlan Plan { get; } = new();

    public bool IsMultipart { get; set; }

    /// <summary>Whether the body is passed on while it arrives: it is then there for one attempt only.</summary>
    public bool StreamsUpload { get; set; }

    /// <summary>The table that the request was routed by; a later one does not change its mind.</summary>
    public RouteTable Table { get; private set; } = RouteTable.Empty;

    public RouteMatch Match { get; set; }

    /// <summary>The route that the request is on, whose timers it has; null until one has been picked. Another one after a failure, perhaps.</summary>
    public Route? Route { get; private set; }

    /// <summary>How long an engine that has the whole request may take to begin its answer.</summary>
    public TimeSpan FirstByteLimit => Peek.Stream
        ? Route?.Timeouts?.FirstByte ?? Settings.Timeouts.FirstByte
        : Route?.Timeouts?.FirstByteUnary ?? Settings.Timeouts.FirstByteUnary;

    /// <summary>How long nothing may move, in an answer or an upload.</summary>
    public TimeSpan IdleLimit => Route?.Timeouts?.Idle ?? Settings.Timeouts.Idle;

    /// <summary>Where the request has a place; null when its route has no limit.</summary>
    public AdmissionQueue? Queue { get; set; }

    /// <summary>Null unless the client is to get comments until its stream begins.</summary>
    public KeepAlive? KeepAlive { get; set; }

    /// <summary>What the client has been sent ahead of the engine's head; null while that is nothing.</summary>
    public RelayProgress? Begun => KeepAlive is { Early.HasBegun: true } keepAlive ? keepAlive.Early : null;

    /// <summary>What it wants of endpoints, where these or its route are limited.</summary>
    public EndpointClaim Claim { get; } = new();

    /// <summary>So that one request counts against one endpoint at most.</summary>
    public RequestBlame Blame { get; } = new();

    /// <summary>What metrics, spans and the access log get to know of it.</summary>
    public RequestRecord Record { get; } = new();

    /// <summary>Endpoints that have failed this request.</summary>
    public List<LiveEndpoint> Tried { get; } = [];

    /// <summary>Where the client gets its errors and its last events from: the API that it speaks.</summary>
    public ApiDialect Dialect => Path.Dialect;

    public void Begin(HttpContext context, ProxiedPath path, string requestId, ForwardingSettings settings, RouteTable table, RequestDeadline deadline)
    {
        Context = context;
        Path = path;
        RequestId = requestId;
        Settings = settings;
        Table = table;
        Deadline = deadline;
        JsonPeeker.Reset();
    }

    /// <summary>Puts the request on a route, from here on under its timers.</summary>
    public void TakeRoute(Route route)
    {
        if (!ReferenceEquals(Route?.Timeouts, route.Timeouts))
            Deadline.LimitTotal(route.Timeouts?.Total ?? Settings.Timeouts.Total);
        Route = route;
    }

    /// <summary>Lets go of everything that belongs to the request.</summary>
    public void End()
    {
        Body.End();
        Peek.Reset();
        Plan.Clear();
        Tried.Clear();
        KeepAlive?.Dispose();
        KeepAlive = null;
        Claim.End();
        Queue?.Leave();
        Queue = null;
        Blame.Reset();
        IsMultipart = StreamsUpload = false;
        Match = default;
        Route = null;
        Table = RouteTable.Empty;
        Context = null!;
        Deadline = null!;
    }

    /// <summary>The route that the request asks for, as far as its body has been seen.</summary>
    public RouteMatch FindRoute(in RequestNames names) => Table.Match(names.Model, names.Engine, Settings.ModelSuffix);

    /// <summary>Plans what of the body is sent to an endpoint that knows the model as <paramref name="target"/> says.</summary>
    public void PlanFor(RouteTarget target)
    {
        if (IsMultipart)
            Plan.PlanMultipart(Peek, target.Model, target.ModelUtf8);
        else
            Plan.PlanJson(Peek, target.Model, target.ModelJson, target.ModelMember);
    }

    public RequestNames ReadNames(bool bodyIsComplete) => RequestNames.Read(
        Peek, bodyIsComplete, Context.Request.Headers, Context.Request.QueryString.Value, Settings.Sources);
}
