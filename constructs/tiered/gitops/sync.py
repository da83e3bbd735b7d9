"""How Argo CD brings an Application in line with git, and whom it tells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tiered.manifest import Body

CLUSTER = "https://kubernetes.default.svc"
"""The cluster that Argo CD itself runs in."""

CASCADE = "resources-finalizer.argocd.argoproj.io"
"""Finalizer with which an Application's objects are deleted before it, in the foreground: it is gone
only once they are, and waves take down in reverse what they built up."""

_OPTIONS = (
    "CreateNamespace=false",  # Namespaces are manifests with labels, not a side effect
    "ServerSideApply=true",
    "PruneLast=true",
    "FailOnSharedResource=true",
    "RespectIgnoreDifferences=true",
)


@dataclass(frozen=True, kw_only=True)
class IgnoredDifference:
    """Fields that somebody else in the cluster owns, so that Argo CD neither reports nor resets them.

    Args:
        group: API group, "" for the core.
        pointers: JSON pointers of the fields.
        name: of the object; without it every object of the kind.
    """

    group: str
    kind: str
    pointers: Sequence[str]
    name: str | None = None

    def body(self) -> Body:
        body: Body = {"group": self.group, "kind": self.kind}
        if self.name is not None:
            body["name"] = self.name
        return {**body, "jsonPointers": list(self.pointers)}


def scaled(*names: str) -> list[IgnoredDifference]:
    """The replicas of Deployments that a HorizontalPodAutoscaler sets."""
    return [
        IgnoredDifference(group="apps", kind="Deployment", name=name, pointers=["/spec/replicas"])
        for name in names
    ]


@dataclass(frozen=True, kw_only=True)
class Notice:
    """A Slack channel that hears of an Application.

    Args:
        channel: name of the channel, without #.
        triggers: names that Argo CD's notification settings define.
    """

    channel: str
    triggers: Sequence[str] = ("on-sync-succeeded", "on-sync-failed", "on-health-degraded")

    def annotations(self) -> dict[str, str]:
        return {
            f"notifications.argoproj.io/subscribe.{trigger}.slack": self.channel for trigger in self.triggers
        }


def application_spec(
    *,
    project: str,
    source: Body,
    namespace: str,
    ignored: Sequence[IgnoredDifference] = (),
) -> Body:
    """The spec of an Application in this cluster that follows git by itself."""
    body: Body = {
        "project": project,
        "source": source,
        "destination": {"server": CLUSTER, "namespace": namespace},
        "syncPolicy": {
            "automated": {"prune": True, "selfHeal": True, "allowEmpty": False},
            "syncOptions": list(_OPTIONS),
            "retry": {"limit": 5, "backoff": {"duration": "5s", "factor": 2, "maxDuration": "3m"}},
        },
    }
    if ignored:
        body["ignoreDifferences"] = [difference.body() for difference in ignored]
    # Going back means reverting the commit: the history serves only to see what ran lately.
    body["revisionHistoryLimit"] = 5
    return body
