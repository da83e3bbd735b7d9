"""What Argo CD's AppProjects admit."""

from collections.abc import Iterable
from fnmatch import fnmatchcase

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View
from tierpolicies.engine.applications import IN_CLUSTER

_NAME = "in-cluster"


def is_cluster(entry: View, server: str, name: str) -> bool:
    """Whether an entry may mean a cluster: that a name and a server are the same nobody can rule out."""
    server = server or (IN_CLUSTER if name == _NAME else "")
    name = name or (_NAME if server == IN_CLUSTER else "")
    ours, theirs = entry["server"].text, entry["name"].text
    if (ours and server) or (theirs and name):
        return (bool(ours) and fnmatchcase(server, ours)) or (bool(theirs) and fnmatchcase(name, theirs))
    return True


def admits_kind(spec: View, manifest: Manifest, *, is_cluster_scoped: bool) -> bool:
    """Whether a project's spec lets its Applications make an object of a kind."""
    if is_cluster_scoped:
        admitted = _has(spec["clusterResourceWhitelist"], manifest)
        return admitted and not _has(spec["clusterResourceBlacklist"], manifest)
    if not manifest.namespace:
        return True  # of a kind that nobody knows, perhaps
    white = spec["namespaceResourceWhitelist"]
    return (not white or _has(white, manifest)) and not _has(spec["namespaceResourceBlacklist"], manifest)


def _has(entries: View, manifest: Manifest) -> bool:
    return any(
        fnmatchcase(manifest.group, each["group"].text) and fnmatchcase(manifest.kind, each["kind"].text)
        for each in entries
    )


def _repository(url: str) -> str:
    return url.lower().removesuffix("/").removesuffix(".git")


def admits_source(url: str, admitted: Iterable[str]) -> bool:
    """Whether one of the patterns of a project is for a repository, and none of its exceptions."""
    wanted, patterns = _repository(url), [_repository(each) for each in admitted]
    if any(each.startswith("!") and fnmatchcase(wanted, each[1:]) for each in patterns):
        return False
    return any(fnmatchcase(wanted, each) for each in patterns)
