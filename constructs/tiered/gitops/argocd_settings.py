"""What Argo CD itself must be told, as values of its Helm chart (argo-cd of argoproj/argo-helm)."""

from __future__ import annotations

from tiered.errors import TieredError
from tiered.manifest import Body

# Argo CD knows no health of Applications by itself, and a wave of an app of apps then counts as
# done as soon as its Applications exist. The child's own health is handed up instead.
_APPLICATION_HEALTH = """\
local health = {status = "Progressing", message = "waiting for its first comparison"}
if obj.status ~= nil and obj.status.health ~= nil and obj.status.health.status ~= nil then
  health.status = obj.status.health.status
  health.message = obj.status.health.message or ""
end
return health
"""

# An Ingress has no address before the load balancer's controller runs and every Service of the group
# exists, and an autoscaler has no figures in its first minutes: the wave of the one would wait for
# later waves for ever, that of the other would fail.
_NOT_WAITED_FOR = 'return {status = "Healthy", message = "not waited for"}\n'

# Trigger, the condition under which it fires, and the sentence it sends.
_NOTICES = (
    (
        "on-sync-succeeded",
        "app.status?.operationState?.phase in ['Succeeded']",
        ":white_check_mark: {{.app.metadata.name}} runs {{.app.status.sync.revision}}.",
    ),
    (
        "on-sync-failed",
        "app.status?.operationState?.phase in ['Error', 'Failed']",
        ":x: Sync of {{.app.metadata.name}} failed: {{.app.status.operationState.message}}",
    ),
    (
        "on-health-degraded",
        "app.status?.health?.status == 'Degraded'",
        ":warning: {{.app.metadata.name}} has degraded.",
    ),
)


def argocd_values(*, url: str, root_path: str = "", slack: bool, poll_seconds: int = 180) -> Body:
    """Values for an app of apps behind a load balancer that ends TLS.

    Args:
        url: under which people reach it, with the sub-path; it stands in the notices.
        root_path: the sub-path it is served under, for example "/argocd"; "" is none.
        slack: send notices, with the token that key `slack-token` of the Secret
            `argocd-notifications-secret` holds (External Secrets or a person makes it).
        poll_seconds: between two looks at git.

    Raises:
        TieredError: `root_path` is not of the form "/name", or `url` does not end with it.
    """
    if root_path and (not root_path.startswith("/") or root_path.endswith("/")):
        raise TieredError(f"root path {root_path!r}: write '/{root_path.strip('/')}'")
    if not url.rstrip("/").endswith(root_path):
        raise TieredError(f"url {url!r} leads past root path {root_path!r}: add the path to the url")
    params: Body = {"server.insecure": True}
    if root_path:
        params["server.rootpath"] = root_path
    return {
        "configs": {
            "cm": {
                "url": url,
                "timeout.reconciliation": f"{poll_seconds}s",
                "resource.customizations.health.argoproj.io_Application": _APPLICATION_HEALTH,
                "resource.customizations.health.networking.k8s.io_Ingress": _NOT_WAITED_FOR,
                "resource.customizations.health.autoscaling_HorizontalPodAutoscaler": _NOT_WAITED_FOR,
            },
            "params": params,
        },
        "notifications": _notifications(url) if slack else {"enabled": False},
    }


def _notifications(url: str) -> Body:
    link = "{{.context.argocdUrl}}/applications/{{.app.metadata.namespace}}/{{.app.metadata.name}}"
    return {
        "enabled": True,
        "argocdUrl": url,
        "secret": {"create": False, "name": "argocd-notifications-secret"},
        "notifiers": {"service.slack": "token: $slack-token\n"},
        "templates": {
            f"template.{trigger}": f"message: |\n  {sentence}\n  {link}\n"
            for trigger, _, sentence in _NOTICES
        },
        "triggers": {
            f"trigger.{trigger}": f'- when: "{condition}"\n  send: [{trigger}]\n'
            for trigger, condition, _ in _NOTICES
        },
    }
