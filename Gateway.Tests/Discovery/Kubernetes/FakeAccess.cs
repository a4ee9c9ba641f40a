using Microsoft.AspNetCore.Http;

namespace Gateway.Tests.Discovery.Kubernetes;

/// <summary>Who may do what. As long as nobody is named, everybody may do everything.</summary>
internal sealed class FakeAccess
{
    private volatile FakeAccount[] _accounts = [];

    public void Add(FakeAccount account) => _accounts = [.. _accounts.Where(other => other.Token != account.Token), account];

    /// <exception cref="FakeStatusException">401, 403.</exception>
    public void Check(HttpRequest http, FakeApiRequest request)
    {
        if (_accounts is not [_, ..] accounts)
            return;

        FakeAccount account = Array.Find(accounts, known => http.Headers.Authorization == $"Bearer {known.Token}")
            ?? throw FakeStatusException.Unauthorized();
        if (!account.Rules.Any(rule => rule.Allows(request)))
            throw FakeStatusException.Forbidden(request, account.User);
    }
}
