using Gateway.Telemetry;
using k8s.Models;

namespace Gateway.Admin;

/// <summary>
/// What this replica shows of the ConfigMap. It learns of it on two ways, from the answers to its own calls and from a watch that may be
/// behind, and only ever goes forward: to a higher revision.
/// </summary>
internal sealed class ConfigMapView(ForbiddenAddresses forbidden, ILogger logger)
{
    // Held while Changed is raised: whoever shows what is shown already returns only when the route table has been built with it.
    private readonly Lock _showing = new();
    private volatile ConfigMapContent _content = ConfigMapContent.Unknown;

    public event Action? Changed;

    public ConfigMapContent Content => _content;

    /// <summary>Understands what the API server said, after <paramref name="before"/>.</summary>
    public ConfigMapContent Read(V1ConfigMap? map, ConfigMapContent before) => ConfigMapContent.Read(map, before, forbidden);

    /// <summary>Shows <paramref name="content"/>, unless something later is shown already.</summary>
    public void Show(ConfigMapContent content)
    {
        lock (_showing)
        {
            ConfigMapContent before = _content;
            if (content.Revision.Number < before.Revision.Number
                || (content.Revision.Number == before.Revision.Number && content.Revision != before.Revision))
            {
                return;
            }

            _content = content;
            foreach (MappingProblem problem in content.Problems.Except(before.Problems))
                AdminLog.MappingRefused(logger, problem.Key, problem.Message);
            if (content.Revision != before.Revision)
                Changed?.Invoke();
        }
    }

    /// <summary>Shows what the watch saw, if it alone tells that this is the next state.</summary>
    /// <returns>
    /// False when it may as well be an old state, seen late: after an edit by hand the number is not raised yet, and after a restore it is
    /// lower. Then the API server has to be asked. (Which of two resourceVersions is later must not be guessed.)
    /// </returns>
    public bool TryFollow(V1ConfigMap? seen)
    {
        lock (_showing)
        {
            ConfigMapContent before = _content;
            if (seen?.Metadata?.ResourceVersion == before.ResourceVersion)
                return before.IsSettled || !before.Exists;

            ConfigMapContent next = Read(seen, before);
            if (!next.Exists || !next.IsSettled || (before.Exists && next.Uid != before.Uid))
                return false;

            Show(next);
            return true;
        }
    }
}
