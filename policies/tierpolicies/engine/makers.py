"""Which kinds of objects the workloads of a namespace may make themselves, by the rights they were given."""

from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View
from tierpolicies.engine.index import DEFAULT_NAMESPACE, Index

PODS = "Pod"
_KINDS = {
    "configmaps": "ConfigMap",
    "cronjobs": PODS,
    "daemonsets": PODS,
    "deployments": PODS,
    "jobs": PODS,
    "persistentvolumeclaims": "PersistentVolumeClaim",
    "pods": PODS,
    "replicasets": PODS,
    "replicationcontrollers": PODS,
    "secrets": "Secret",
    "serviceaccounts": "ServiceAccount",
    "services": "Service",
    "statefulsets": PODS,
}
_ALL = frozenset(_KINDS.values())


def made(index: Index) -> Iterator[tuple[str, str]]:
    """The namespaces and the kinds of objects that a ServiceAccount there is allowed to create.

    An operator makes pods, Services and Secrets beside itself, and labels its own pods anew; what
    it makes for a custom resource stands where that resource does.
    """
    for binding in index.of_kind("RoleBinding", "ClusterRoleBinding"):
        role = _role(index, binding)
        kinds = {kind for entry in role.view["rules"] for kind in _created(entry)} if role else frozenset()
        for subject in binding.view["subjects"] if kinds else ():
            if subject["kind"].text == "ServiceAccount":
                home = binding.namespace if binding.kind == "RoleBinding" else subject["namespace"].text
                yield from ((home or DEFAULT_NAMESPACE, kind) for kind in kinds)


def _role(index: Index, binding: Manifest) -> Manifest | None:
    reference = binding.view["roleRef"]
    kind = reference["kind"].text
    home = binding.namespace if kind == "Role" else ""
    return index.find(kind, reference["name"].text, home) if kind in ("Role", "ClusterRole") else None


def _created(entry: View) -> frozenset[str]:
    """The kinds that a rule of a role lets somebody create."""
    verbs = {each.text for each in entry["verbs"]}
    if verbs.isdisjoint(("create", "*")):
        return frozenset()
    resources = {each.text for each in entry["resources"]}
    if "*" in resources:
        return _ALL
    return frozenset(_KINDS[name] for name in resources if name in _KINDS)
