using Gateway.Forwarding;

namespace Gateway.Hosting;

/// <summary>Lets requests in as <see cref="DrainState"/> says.</summary>
internal sealed class RequestGate(DrainState drain) : IRequestGate
{
    public bool IsOpen => !drain.RefusesNew;

    public bool Enter(HttpContext context)
    {
        drain.EnterRequest();
        drain.AnnounceClose(context);
        return IsOpen;
    }

    public void Leave() => drain.LeaveRequest();
}
