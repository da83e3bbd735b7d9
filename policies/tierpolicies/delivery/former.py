"""What an object was before a change."""

from collections import defaultdict
from collections.abc import Mapping

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.nodes import Value
from tierpolicies.engine.index import DEFAULT_NAMESPACE, Index

Identity = tuple[str, str, str, str]
"""Group, kind, namespace and name."""

_ALL: dict[str, Value] = {}
_SELECTOR: dict[str, Value] = {"spec/selector": None}
IMMUTABLE: Mapping[str, Mapping[str, Value]] = {
    "Deployment": _SELECTOR,
    "DaemonSet": _SELECTOR,
    "ReplicaSet": _SELECTOR,
    "StatefulSet": {
        **_SELECTOR,
        "spec/serviceName": "",
        "spec/podManagementPolicy": "OrderedReady",
        "spec/volumeClaimTemplates": None,
    },
    "Job": {**_SELECTOR, "spec/template": None, "spec/completionMode": "NonIndexed"},
    "PersistentVolumeClaim": {
        "spec/accessModes": None,
        "spec/storageClassName": None,
        "spec/volumeMode": "Filesystem",
        "spec/selector": None,
        "spec/dataSource": None,
    },
    "StorageClass": {
        "provisioner": None,
        "parameters": _ALL,
        "reclaimPolicy": "Delete",
        "volumeBindingMode": "Immediate",
    },
    "RoleBinding": {"roleRef": None},
    "ClusterRoleBinding": {"roleRef": None},
    "PriorityClass": {"value": None, "preemptionPolicy": "PreemptLowerPriority"},
    "IngressClass": {"spec/controller": None},
    "ConfigMap": {"data": _ALL, "binaryData": _ALL},
    "Secret": {"data": _ALL, "stringData": _ALL, "type": "Opaque"},
    "Service": {"spec/clusterIP": None},
}
"""The fields that an API server lets nobody change, by kind, each with what it is where it is not written."""


def identity(manifest: Manifest) -> Identity:
    """What an API server knows an object by."""
    return (manifest.group, manifest.kind, manifest.namespace or DEFAULT_NAMESPACE, manifest.name)


class Former:
    """The objects of the base by what they are known by; one of several is told by its file."""

    def __init__(self, base: Index) -> None:
        self._objects: dict[Identity, list[Manifest]] = defaultdict(list)
        for manifest in base.manifests:
            self._objects[identity(manifest)].append(manifest)

    def of(self, manifest: Manifest) -> Manifest | None:
        """What an object was; nothing where it was not, or nobody can tell which it was."""
        found = self._objects.get(identity(manifest), [])
        if len(found) > 1:
            found = [each for each in found if each.file == manifest.file]
        return found[0] if len(found) == 1 else None
