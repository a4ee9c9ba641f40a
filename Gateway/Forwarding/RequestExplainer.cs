using Gateway.Peeking;
using Gateway.Picking;
using Gateway.Routing;
using Gateway.Telemetry;

namespace Gateway.Forwarding;

/// <summary>
/// Takes a request as <see cref="RequestPipeline"/> does, by the same steps, up to where it would wait its turn and be sent; and tells what it saw.
/// </summary>
internal sealed class RequestExplainer(
    BodyIntake intake, RequestAdmission admission, RouteTableHolder tables, RequestDeadlines deadlines, IRequestGate gate, GatewayTelemetry telemetry)
{
    /// <param name="context">The request, its query that of the client.</param>
    /// <param name="path">Where the client would send it.</param>
    /// <param name="settings">By which it is read and routed.</param>
    public async Task<RequestExplanation> ExplainAsync(HttpContext context, ProxiedPath path, ForwardingSettings settings)
    {
        var exchange = new Exchange();
        RequestDeadline deadline = deadlines.Rent();
        deadline.Begin(settings.Timeouts.Total, context.RequestAborted);
        exchange.Begin(context, path, requestId: "", settings, tables.Current, deadline);

        // Never ended, so that nothing is counted.
        exchange.Record.Begin(telemetry, path.Path, requestId: "");
        try
        {
            return await RunAsync(exchange);
        }
        finally
        {
            exchange.End();
            deadlines.Return(deadline);
        }
    }

    private async Task<RequestExplanation> RunAsync(Exchange exchange)
    {
        EndpointPicker picker = exchange.Settings.Picker.Rehearsal;
        PickedEndpoint? choice = null;
        AdmissionForecast? forecast = null;
        List<MemberEdit> edits = [];
        ForwardError? refusal = await InTimeAsync(exchange, intake.TakeInAsync(exchange));
        if (!gate.IsOpen)
            refusal = UpstreamErrors.ShuttingDown;
        if (refusal is null)
        {
            if (admission.TryAim(picker, exchange.Match.Tiers, exchange.Tried, out PickedEndpoint aim, out bool hasRoom))
            {
                forecast = admission.Foresee(aim, hasRoom, out refusal);
                if (hasRoom)
                {
                    choice = aim;
                    exchange.PlanFor(aim.Target);
                    edits = EditsOf(exchange, aim.Target);
                }

                refusal ??= await InTimeAsync(exchange, ReadOnAsync(exchange, edits));
            }
            else
            {
                refusal = RoutingErrors.NoneReady(exchange.Match);
            }
        }

        RequestNames names = exchange.ReadNames(exchange.Body.IsComplete);
        return new RequestExplanation
        {
            Path = exchange.Path,
            Model = names.Model.IsEmpty ? null : new ReadName(names.Model.ToString(), PlaceOf(names.ModelOrigin)),
            Engine = EngineOf(names, exchange.Match),
            Stream = exchange.Peek.Stream,
            BodyBytes = exchange.Body.Received,
            StreamsUpload = exchange.StreamsUpload,
            Match = exchange.Match,
            Candidates = Candidate.AllOf(exchange.Match.Tiers ?? [], exchange.Tried, admission.EndpointLimit, choice, picker.Policy),
            Policy = picker.Policy,
            Choice = choice,
            Admission = forecast,
            Edits = edits,
            Refusal = refusal,
        };
    }

    private static async ValueTask<ForwardError?> InTimeAsync(Exchange exchange, ValueTask<ForwardError?> reading)
    {
        try
        {
            return await reading;
        }
        catch (OperationCanceledException) when (BodyErrors.Late(exchange.Deadline.Cause) is { } late)
        {
            return late;
        }
    }

    // As RequestContent does while it passes the body on.
    private static async ValueTask<ForwardError?> ReadOnAsync(Exchange exchange, List<MemberEdit> edits)
    {
        ForwardError? refusal = null;
        while (exchange.StreamsUpload && !exchange.JsonPeeker.IsDone && refusal is null)
        {
            exchange.Body.Release(exchange.JsonPeeker.SettledTo - exchange.Body.Start);
            List<MemberEdit> before = [.. EngineMembers(exchange.Peek, MemberEditKind.Blanked)];
            refusal = await BodyIntake.ReadOnAsync(exchange, exchange.Deadline.Token);
            edits.AddRange(EngineMembers(exchange.Peek, MemberEditKind.Blanked).Except(before));
        }

        return refusal;
    }

    private static List<MemberEdit> EditsOf(Exchange exchange, RouteTarget target)
    {
        List<MemberEdit> edits = [.. EngineMembers(exchange.Peek, MemberEditKind.Cut)];
        foreach (SpliceEdit edit in exchange.Plan.Edits)
        {
            // Of the two edits that insert a member the other one is its comma.
            if (edit.Range.Length > 0 && !edit.Text.IsEmpty)
                edits.Add(new MemberEdit(RoutingFields.Name(RoutingField.Model), MemberEditKind.Replaced, target.Model));
            else if (edit.Text.Length > 1)
                edits.Add(new MemberEdit(RoutingFields.Name(RoutingField.Model), MemberEditKind.Inserted, target.Model));
        }

        return edits;
    }

    private static IEnumerable<MemberEdit> EngineMembers(BodyPeek peek, MemberEditKind kind)
    {
        for (var field = RoutingField.OwnedBy; field <= RoutingField.InferenceServer; field++)
        {
            if (peek.HasSeen(field))
                yield return new MemberEdit(RoutingFields.Name(field), kind);
        }
    }

    private static ReadName? EngineOf(in RequestNames names, in RouteMatch match)
    {
        if (!names.Engine.IsEmpty)
            return new ReadName(names.Engine.ToString(), PlaceOf(names.EngineOrigin));
        ReadOnlySpan<char> suffix = match.SuffixOf(names.Model);
        return suffix.IsEmpty ? null : new ReadName(suffix.ToString(), "suffix of the model");
    }

    private static string PlaceOf(NameOrigin origin)
    {
        string source = origin.Source switch
        {
            RequestSource.Body => "body",
            RequestSource.Header => "header",
            _ => "query",
        };
        return origin.Name == RoutingFields.Name(RoutingField.Model) ? source : $"{source} {origin.Name}";
    }
}
