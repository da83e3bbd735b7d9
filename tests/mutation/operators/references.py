"""Names that something else should bear."""

from __future__ import annotations

from collections.abc import Iterator

from tests.mutation.operator import Object, found_by
from tests.mutation.places import containers, of_kind, pods


@found_by("references/service-selector")
def service_selects_nothing(value: Object) -> Iterator[Object]:
    for copy in of_kind(value, "Service"):
        for key in copy["spec"].get("selector", {}):
            copy["spec"]["selector"][key] += "x"
            yield copy
            break


@found_by("references/service-port")
def target_port_misspelt(value: Object) -> Iterator[Object]:
    for copy in of_kind(value, "Service"):
        copy["spec"]["ports"][0]["targetPort"] = "htpt"
        yield copy


@found_by("references/budget-selector")
def budget_selects_nothing(value: Object) -> Iterator[Object]:
    for copy in of_kind(value, "PodDisruptionBudget"):
        copy["spec"]["selector"] = {"matchLabels": {"app": "nobody"}}
        yield copy


@found_by("references/ingress-backend")
def ingress_to_nowhere(value: Object) -> Iterator[Object]:
    for copy in of_kind(value, "Ingress"):
        for rule in copy["spec"].get("rules", ()):
            for path in rule["http"]["paths"]:
                if "service" in path["backend"] and copy["metadata"]["namespace"] != "default":
                    path["backend"]["service"]["name"] += "x"
                    yield copy
                    return


@found_by("references/config-map")
def config_map_misspelt(value: Object) -> Iterator[Object]:
    for copy, pod in pods(value):
        for volume in pod.get("volumes", ()):
            if "configMap" in volume:
                volume["configMap"]["name"] += "x"
                yield copy
                return


@found_by("references/secret-key")
def secret_key_misspelt(value: Object) -> Iterator[Object]:
    for copy, container in containers(value):
        for entry in container.get("env", ()):
            reference = entry.get("valueFrom", {}).get("secretKeyRef")
            if reference:
                reference["key"] += "x"
                yield copy
                break


@found_by("references/service-account")
def service_account_misspelt(value: Object) -> Iterator[Object]:
    for copy, pod in pods(value):
        if pod.get("serviceAccountName"):
            pod["serviceAccountName"] += "x"
            yield copy


@found_by("schema/volume-mounts")
def mount_without_volume(value: Object) -> Iterator[Object]:
    for copy, container in containers(value):
        container.setdefault("volumeMounts", []).append({"name": "absent", "mountPath": "/absent"})
        yield copy


@found_by("schema/selector")
def selector_misses_its_pods(value: Object) -> Iterator[Object]:
    for copy in of_kind(value, "Deployment", "StatefulSet"):
        for key in copy["spec"]["selector"].get("matchLabels", {}):
            copy["spec"]["selector"]["matchLabels"][key] += "x"
            yield copy
            break


@found_by("references/namespace")
def namespace_misspelt(value: Object) -> Iterator[Object]:
    for copy in of_kind(value, "Deployment", "ConfigMap", "ServiceAccount"):
        copy["metadata"]["namespace"] += "x"
        yield copy
