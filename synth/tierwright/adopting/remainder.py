"""Objects that are no workloads: what is derived from an app anyway, and what has no place in one."""

from __future__ import annotations

from collections.abc import Collection

from tierpolicies.documents.manifest import Manifest
from tierwright.adopting.inventory import Inventory, namespace_of, pod_of

_DERIVED = {
    "Namespace": "a tier's namespaces are generated, with their labels",
    "NetworkPolicy": "policies follow from what workloads call, publish and consume",
    "PodDisruptionBudget": "every workload of two pods and more gets one",
    "ResourceQuota": "follows from what lives in the namespace",
    "LimitRange": "follows from the tier",
    "PriorityClass": "follows from the tiers",
}
_LEFT = {
    "CronJob": "schedules belong to tasks of a queue (messaging.queues.<queue>.tasks.<task>.schedule)",
    "CustomResourceDefinition": "it comes with the chart of its component (components)",
    "DaemonSet": "what runs on every node is a component's chart (components)",
    "Job": "what runs once before the app is its `migration`",
    "PersistentVolumeClaim": "volumes belong to stores",
    "Pod": "a bare pod: nothing starts it again",
    "ReplicaSet": "a Deployment makes these",
    "Secret": "its values do not belong in git: the environment's secret store holds them",
}
_RIGHTS = ("Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding")
_STORES = {"postgres": "postgres", "redis": "redis", "valkey": "redis", "rabbitmq": "rabbitmq"}


def derived(manifest: Manifest, inventory: Inventory, kept: Collection[Manifest]) -> str | None:
    """Whence an object comes without being declared, if it does; `kept` are the adopted workloads."""
    homes = {namespace_of(each) for each in kept}
    home = manifest.name if manifest.kind == "Namespace" else namespace_of(manifest)
    if manifest.kind in _DERIVED and (home in homes or manifest.kind == "PriorityClass"):
        return _DERIVED[manifest.kind]
    owners = [each for each in kept if manifest in _belongings(each, inventory)]
    if not owners:
        return None
    return f"follows from {', '.join(each.name for each in owners)}"


def left(manifest: Manifest) -> str:
    """Why an object cannot be said as an app."""
    if manifest.kind in _RIGHTS:
        return "rights at the API server are no app's here: keep the manifest, and review it"
    if manifest.kind in {"StatefulSet", "Deployment"} and (store := _store(manifest)) is not None:
        return f"a store: describe it in platform.yaml under stores, type {store}"
    if manifest.kind == "StatefulSet":
        return "it keeps state, and is none of the stores that are known (postgres, redis, rabbitmq)"
    if manifest.kind in _DERIVED:
        return "no adopted workload lives there"
    if manifest.kind == "ServiceAccount":
        return "no adopted workload uses it"
    if manifest.kind in {"Service", "Ingress", "HorizontalPodAutoscaler"}:
        return "it leads to no adopted workload"
    if manifest.kind == "ConfigMap":
        return "files from a ConfigMap: put them into the image; variables are kept where an app reads them"
    return _LEFT.get(manifest.kind, "no app has such an object: a component's chart may bring it")


def is_store(manifest: Manifest) -> bool:
    """Whether a workload is one of the stores that the platform runs itself."""
    return _store(manifest) is not None


def _store(manifest: Manifest) -> str | None:
    image = pod_of(manifest).at("containers", 0, "image").text
    name = image.partition("@")[0].rpartition("/")[2].partition(":")[0]
    return next(
        (kind for word, kind in _STORES.items() if name == word or name.startswith(f"{word}ql")), None
    )


def _belongings(workload: Manifest, inventory: Inventory) -> list[Manifest]:
    services = inventory.services_of(workload)
    spec = pod_of(workload)
    accounts = {spec["serviceAccountName"].text, spec["serviceAccount"].text}
    ingresses = [route.ingress for service in services for route in inventory.routes_of(service)]
    namespace = namespace_of(workload)
    return [
        *services,
        *ingresses,
        *inventory.scalers_of(workload),
        *(each for each in inventory.of_kind("ServiceAccount", namespace=namespace) if each.name in accounts),
        *(
            each
            for each in inventory.of_kind("ConfigMap", namespace=namespace)
            if each.name in _read_as_variables(workload)
        ),
    ]


def _read_as_variables(workload: Manifest) -> set[str]:
    """The ConfigMaps whose values stand in the variables of a workload."""
    container = pod_of(workload).at("containers", 0)
    return {
        *(each.at("configMapRef", "name").text for each in container["envFrom"]),
        *(each.at("valueFrom", "configMapKeyRef", "name").text for each in container["env"]),
    } - {""}
