"""Mistakes that people make in manifests, each with the rule that should find it.

An operator takes one object and yields it with one mistake, as often as the object has a place for it.
What it takes for granted (a container has a probe, a Service a selector) it finds out by itself: an
object without such a place is not applicable and yields nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

Object = dict[str, Any]
"""An object as parsed; operators know the shape of the kinds they spoil."""
Mutation = Callable[[Object], Iterator[Object | None]]


@dataclass(frozen=True)
class Operator:
    """A mistake: `rules` are those of which one should find it, `mutate` yields objects that have it."""

    name: str
    rules: tuple[str, ...]
    mutate: Mutation


OPERATORS: list[Operator] = []
_TEMPLATES = {
    "Deployment": ("spec", "template"),
    "StatefulSet": ("spec", "template"),
    "DaemonSet": ("spec", "template"),
    "Job": ("spec", "template"),
    "CronJob": ("spec", "jobTemplate", "spec", "template"),
}


def found_by(*rules: str) -> Callable[[Mutation], Mutation]:
    """Declares a mistake and the rules of which one should find it."""

    def declare(mutate: Mutation) -> Mutation:
        OPERATORS.append(Operator(mutate.__name__.replace("_", " "), rules, mutate))
        return mutate

    return declare


def _template(value: Object) -> Object | None:
    path = _TEMPLATES.get(value["kind"])
    for step in path or ():
        value = value.get(step, {})
    return value if path else None


def _pods(value: Object) -> Iterator[tuple[Object, Object]]:
    """A copy of the object and the spec of its pod in that copy."""
    copy = deepcopy(value)
    template = _template(copy)
    if template is not None:
        yield copy, template["spec"]


def _containers(value: Object) -> Iterator[tuple[Object, Object]]:
    """For each main container a copy of the object and that container in the copy."""
    template = _template(value)
    for index in range(len(template["spec"]["containers"]) if template else 0):
        for copy, pod in _pods(value):
            yield copy, pod["containers"][index]


def _of_kind(value: Object, *kinds: str) -> Iterator[Object]:
    if value["kind"] in kinds:
        yield deepcopy(value)


# Images


@found_by("security/image-tag")
def image_without_tag(value: Object) -> Iterator[Object]:
    for copy, container in _containers(value):
        container["image"] = container["image"].partition("@")[0].rpartition(":")[0]
        yield copy


@found_by("security/image-tag")
def image_latest(value: Object) -> Iterator[Object]:
    for copy, container in _containers(value):
        container["image"] = container["image"].partition("@")[0].rpartition(":")[0] + ":latest"
        yield copy


# Security


@found_by("security/privileged")
def privileged_container(value: Object) -> Iterator[Object]:
    for copy, container in _containers(value):
        container.setdefault("securityContext", {})["privileged"] = True
        yield copy


@found_by("security/privilege-escalation")
def privilege_escalation_left_open(value: Object) -> Iterator[Object]:
    for copy, container in _containers(value):
        if container.get("securityContext", {}).pop("allowPrivilegeEscalation", None) is not None:
            yield copy


@found_by("security/run-as-non-root")
def root_allowed(value: Object) -> Iterator[Object]:
    for copy, pod in _pods(value):
        touched = pod.get("securityContext", {}).pop("runAsNonRoot", None)
        for container in (*pod["containers"], *pod.get("initContainers", ())):
            touched = container.get("securityContext", {}).pop("runAsNonRoot", None) or touched
        if touched:
            yield copy


@found_by("security/root-user")
def run_as_root(value: Object) -> Iterator[Object]:
    for copy, pod in _pods(value):
        pod.setdefault("securityContext", {})["runAsUser"] = 0
        yield copy


@found_by("security/forbidden-capabilities")
def capability_added(value: Object) -> Iterator[Object]:
    for copy, container in _containers(value):
        container.setdefault("securityContext", {}).setdefault("capabilities", {})["add"] = ["SYS_ADMIN"]
        yield copy


@found_by("security/kept-capabilities")
def capabilities_not_dropped(value: Object) -> Iterator[Object]:
    for copy, container in _containers(value):
        if container.get("securityContext", {}).get("capabilities", {}).pop("drop", None):
            yield copy


@found_by("security/seccomp-profile")
def seccomp_unconfined(value: Object) -> Iterator[Object]:
    for copy, pod in _pods(value):
        pod.setdefault("securityContext", {})["seccompProfile"] = {"type": "Unconfined"}
        yield copy


@found_by("security/writable-root")
def writable_root(value: Object) -> Iterator[Object]:
    for copy, container in _containers(value):
        if container.get("securityContext", {}).pop("readOnlyRootFilesystem", None):
            yield copy


@found_by("security/host-namespaces")
def host_network(value: Object) -> Iterator[Object]:
    for copy, pod in _pods(value):
        pod["hostNetwork"] = True
        yield copy


@found_by("security/host-path")
def host_path_volume(value: Object) -> Iterator[Object]:
    for copy, pod in _pods(value):
        pod.setdefault("volumes", []).append({"name": "host", "hostPath": {"path": "/etc"}})
        yield copy


@found_by("security/host-path")
def docker_socket(value: Object) -> Iterator[Object]:
    for copy, pod in _pods(value):
        volume = {"name": "socket", "hostPath": {"path": "/var/run/docker.sock"}}
        pod.setdefault("volumes", []).append(volume)
        pod["containers"][0].setdefault("volumeMounts", []).append(
            {"name": "socket", "mountPath": "/var/run/docker.sock"}
        )
        yield copy


@found_by("security/host-ports")
def host_port(value: Object) -> Iterator[Object]:
    for copy, container in _containers(value):
        for port in container.get("ports", [])[:1]:
            port["hostPort"] = port["containerPort"]
            yield copy


@found_by("security/secret-in-env")
def password_in_clear(value: Object) -> Iterator[Object]:
    for copy, container in _containers(value):
        entry = {"name": "DATABASE_PASSWORD", "value": "tR9-pla1n-xQ7w"}
        container.setdefault("env", []).append(entry)
        yield copy


@found_by("security/secret-in-config-map")
def key_in_a_config_map(value: Object) -> Iterator[Object]:
    for copy in _of_kind(value, "ConfigMap"):
        copy.setdefault("data", {})["aws.txt"] = "aws_access_key_id = AKIAIOSFODNN7EXAMPLQ"
        yield copy


@found_by("security/unneeded-token")
def token_mounted(value: Object) -> Iterator[Object]:
    for copy, pod in _pods(value):
        if pod.get("automountServiceAccountToken") is False:
            pod["automountServiceAccountToken"] = True
            yield copy


# Resources and scheduling


@found_by("scheduling/memory-limit")
def no_memory_limit(value: Object) -> Iterator[Object]:
    for copy, container in _containers(value):
        if container.get("resources", {}).get("limits", {}).pop("memory", None):
            yield copy


@found_by("scheduling/cpu-request")
def no_requests(value: Object) -> Iterator[Object]:
    for copy, container in _containers(value):
        if container.get("resources", {}).pop("requests", None):
            container["resources"].pop("limits", None)
            yield copy


@found_by("schema/request-above-limit")
def request_above_limit(value: Object) -> Iterator[Object]:
    for copy, container in _containers(value):
        resources = container.get("resources", {})
        if "memory" in resources.get("requests", {}) and "memory" in resources.get("limits", {}):
            resources["requests"]["memory"] = "64Gi"
            yield copy


@found_by("schema/quantities")
def unit_that_is_none(value: Object) -> Iterator[Object]:
    for copy, container in _containers(value):
        if "memory" in container.get("resources", {}).get("limits", {}):
            container["resources"]["limits"]["memory"] = "512MB"
            yield copy


@found_by("budget/tier-requests")
def request_beyond_the_node(value: Object) -> Iterator[Object]:
    for copy, container in _containers(value):
        resources = container.get("resources", {})
        if "cpu" in resources.get("requests", {}):
            resources["requests"]["cpu"] = resources.setdefault("limits", {})["cpu"] = "48"
            yield copy


@found_by("placement/tier-agreement")
def other_nodes(value: Object) -> Iterator[Object]:
    for copy, pod in _pods(value):
        if pod.pop("nodeSelector", None):
            yield copy


@found_by("placement/tier-agreement")
def tolerates_everything(value: Object) -> Iterator[Object]:
    for copy, pod in _pods(value):
        pod["tolerations"] = [{"operator": "Exists"}]
        yield copy


@found_by("references/priority-class")
def priority_class_misspelt(value: Object) -> Iterator[Object]:
    for copy, pod in _pods(value):
        if pod.get("priorityClassName"):
            pod["priorityClassName"] += "x"
            yield copy


# References


@found_by("references/service-selector")
def service_selects_nothing(value: Object) -> Iterator[Object]:
    for copy in _of_kind(value, "Service"):
        for key in copy["spec"].get("selector", {}):
            copy["spec"]["selector"][key] += "x"
            yield copy
            break


@found_by("references/service-port")
def target_port_misspelt(value: Object) -> Iterator[Object]:
    for copy in _of_kind(value, "Service"):
        copy["spec"]["ports"][0]["targetPort"] = "htpt"
        yield copy


@found_by("references/budget-selector")
def budget_selects_nothing(value: Object) -> Iterator[Object]:
    for copy in _of_kind(value, "PodDisruptionBudget"):
        copy["spec"]["selector"] = {"matchLabels": {"app": "nobody"}}
        yield copy


@found_by("references/ingress-backend")
def ingress_to_nowhere(value: Object) -> Iterator[Object]:
    for copy in _of_kind(value, "Ingress"):
        for rule in copy["spec"].get("rules", ()):
            for path in rule["http"]["paths"]:
                if "service" in path["backend"] and copy["metadata"]["namespace"] != "default":
                    path["backend"]["service"]["name"] += "x"
                    yield copy
                    return


@found_by("references/config-map")
def config_map_misspelt(value: Object) -> Iterator[Object]:
    for copy, pod in _pods(value):
        for volume in pod.get("volumes", ()):
            if "configMap" in volume:
                volume["configMap"]["name"] += "x"
                yield copy
                return


@found_by("references/secret-key")
def secret_key_misspelt(value: Object) -> Iterator[Object]:
    for copy, container in _containers(value):
        for entry in container.get("env", ()):
            reference = entry.get("valueFrom", {}).get("secretKeyRef")
            if reference:
                reference["key"] += "x"
                yield copy
                break


@found_by("references/service-account")
def service_account_misspelt(value: Object) -> Iterator[Object]:
    for copy, pod in _pods(value):
        if pod.get("serviceAccountName"):
            pod["serviceAccountName"] += "x"
            yield copy


@found_by("schema/volume-mounts")
def mount_without_volume(value: Object) -> Iterator[Object]:
    for copy, container in _containers(value):
        container.setdefault("volumeMounts", []).append({"name": "absent", "mountPath": "/absent"})
        yield copy


@found_by("schema/selector")
def selector_misses_its_pods(value: Object) -> Iterator[Object]:
    for copy in _of_kind(value, "Deployment", "StatefulSet"):
        for key in copy["spec"]["selector"].get("matchLabels", {}):
            copy["spec"]["selector"]["matchLabels"][key] += "x"
            yield copy
            break


@found_by("references/namespace")
def namespace_misspelt(value: Object) -> Iterator[Object]:
    for copy in _of_kind(value, "Deployment", "ConfigMap", "ServiceAccount"):
        copy["metadata"]["namespace"] += "x"
        yield copy


# Autoscaling


@found_by("autoscaling/target")
def scales_nobody(value: Object) -> Iterator[Object]:
    for copy in _of_kind(value, "HorizontalPodAutoscaler"):
        copy["spec"]["scaleTargetRef"]["name"] += "x"
        yield copy


@found_by("autoscaling/bounds")
def minimum_above_maximum(value: Object) -> Iterator[Object]:
    for copy in _of_kind(value, "HorizontalPodAutoscaler"):
        copy["spec"]["minReplicas"] = copy["spec"]["maxReplicas"] + 1
        yield copy


@found_by("autoscaling/external-metric")
def metric_that_nobody_serves(value: Object) -> Iterator[Object]:
    for copy in _of_kind(value, "HorizontalPodAutoscaler"):
        for metric in copy["spec"]["metrics"]:
            if metric["type"] == "External":
                metric["external"]["metric"]["name"] += "_total"
                yield copy


@found_by("budget/tier-maximum")
def maximum_beyond_the_tier(value: Object) -> Iterator[Object]:
    for copy in _of_kind(value, "HorizontalPodAutoscaler"):
        copy["spec"]["maxReplicas"] = 90
        yield copy


# Reliability


@found_by("reliability/readiness-probe")
def no_readiness_probe(value: Object) -> Iterator[Object]:
    for copy, container in _containers(value):
        if container.pop("readinessProbe", None) and container.get("ports"):
            yield copy


@found_by("reliability/liveness-probe")
def no_liveness_probe(value: Object) -> Iterator[Object]:
    for copy, container in _containers(value):
        if container.pop("livenessProbe", None):
            yield copy


@found_by("reliability/identical-probes")
def identical_probes(value: Object) -> Iterator[Object]:
    for copy, container in _containers(value):
        if "readinessProbe" in container and "livenessProbe" in container:
            container["livenessProbe"] = deepcopy(container["readinessProbe"])
            yield copy


@found_by("reliability/probe-port")
def probe_on_another_port(value: Object) -> Iterator[Object]:
    for copy, container in _containers(value):
        for handler in ("httpGet", "tcpSocket"):
            if handler in container.get("readinessProbe", {}):
                container["readinessProbe"][handler]["port"] = "htpt"
                yield copy


@found_by("reliability/budget-blocks-drain")
def budget_that_blocks_a_drain(value: Object) -> Iterator[Object]:
    for copy in _of_kind(value, "PodDisruptionBudget"):
        copy["spec"]["maxUnavailable"] = 0
        yield copy


@found_by("reliability/single-scheduler")
def two_schedulers(value: Object) -> Iterator[Object]:
    for copy in _of_kind(value, "Deployment"):
        labels = copy["spec"]["template"]["metadata"]["labels"]
        if labels.get("app.kubernetes.io/component") == "scheduler":
            copy["spec"]["replicas"] = 2
            yield copy


# Messaging


def _definitions(value: Object, change: Callable[[Any], bool]) -> Iterator[Object]:
    import json

    for copy in _of_kind(value, "ConfigMap"):
        text = copy.get("data", {}).get("definitions.json")
        if text:
            definitions = json.loads(text)
            if change(definitions):
                copy["data"]["definitions.json"] = json.dumps(definitions, indent=2)
                yield copy


@found_by("messaging/quorum-arguments")
def priority_on_a_quorum_queue(value: Object) -> Iterator[Object]:
    def change(definitions: Any) -> bool:
        definitions["queues"][0].setdefault("arguments", {})["x-max-priority"] = 10
        return True

    return _definitions(value, change)


@found_by("messaging/routing-keys")
def binding_of_one_word(value: Object) -> Iterator[Object]:
    def change(definitions: Any) -> bool:
        for binding in definitions["bindings"]:
            if binding["routing_key"].endswith(".#"):
                binding["routing_key"] = binding["routing_key"].replace("#", "*")
                return True
        return False

    return _definitions(value, change)


@found_by("messaging/dead-letter")
def dead_letters_at_most_once(value: Object) -> Iterator[Object]:
    def change(definitions: Any) -> bool:
        touched = False
        for queue in definitions["queues"]:
            touched = bool(queue["arguments"].pop("x-dead-letter-strategy", None)) or touched
        for policy in definitions.get("policies", ()):
            touched = bool(policy["definition"].pop("dead-letter-strategy", None)) or touched
        return touched

    return _definitions(value, change)


@found_by("messaging/undeclared-queue")
def worker_of_another_queue(value: Object) -> Iterator[Object]:
    for copy, container in _containers(value):
        command = container.get("command", [])
        for index, word in enumerate(command[:-1]):
            if word in ("-Q", "--queues"):
                command[index + 1] += "x"
                yield copy


# Network


@found_by("network/default-deny")
def no_default_deny(value: Object) -> Iterator[None]:
    for copy in _of_kind(value, "NetworkPolicy"):
        if copy["metadata"]["name"].startswith("default-deny"):
            yield None


@found_by("network/metadata-address")
def whole_internet(value: Object) -> Iterator[Object]:
    for copy in _of_kind(value, "NetworkPolicy"):
        for rule in copy["spec"].get("egress", ()):
            for peer in rule.get("to", ()):
                if "except" in peer.get("ipBlock", {}):
                    del peer["ipBlock"]["except"]
                    yield copy
                    return


@found_by("references/network-policy-selector")
def policy_for_nobody(value: Object) -> Iterator[Object]:
    for copy in _of_kind(value, "NetworkPolicy"):
        for key in copy["spec"]["podSelector"].get("matchLabels", {}):
            copy["spec"]["podSelector"]["matchLabels"][key] += "x"
            yield copy
            break


@found_by("network/certificate-hosts")
def host_outside_the_certificate(value: Object) -> Iterator[Object]:
    for copy in _of_kind(value, "Ingress"):
        for rule in copy["spec"].get("rules", ())[:1]:
            if "host" in rule:
                rule["host"] = "shop.example.net"
                yield copy


@found_by("network/load-balancer-targets")
def other_load_balancer(value: Object) -> Iterator[Object]:
    for copy in _of_kind(value, "Ingress"):
        annotations = copy["metadata"].get("annotations", {})
        if "alb.ingress.kubernetes.io/group.name" in annotations:
            annotations["alb.ingress.kubernetes.io/group.name"] += "-2"
            yield copy


# Delivery


@found_by("gitops/application-path")
def application_path_misspelt(value: Object) -> Iterator[Object]:
    for copy in _of_kind(value, "Application"):
        if "path" in copy["spec"].get("source", {}):
            copy["spec"]["source"]["path"] += "x"
            yield copy


@found_by("gitops/project")
def project_misspelt(value: Object) -> Iterator[Object]:
    for copy in _of_kind(value, "Application"):
        copy["spec"]["project"] += "x"
        yield copy


@found_by("gitops/chart-version")
def chart_not_pinned(value: Object) -> Iterator[Object]:
    for copy in _of_kind(value, "Application"):
        for source in (copy["spec"].get("source", {}), *copy["spec"].get("sources", ())):
            if "chart" in source:
                source["targetRevision"] = "*"
                yield copy
                break


# Schema


@found_by("schema/valid")
def unknown_field(value: Object) -> Iterator[Object]:
    copy = deepcopy(value)
    copy["spce"] = {}
    yield copy


@found_by("schema/removed-api")
def removed_api(value: Object) -> Iterator[Object]:
    for copy in _of_kind(value, "PodDisruptionBudget"):
        copy["apiVersion"] = "policy/v1beta1"
        yield copy


@found_by("schema/valid")
def text_for_a_number(value: Object) -> Iterator[Object]:
    for copy in _of_kind(value, "Deployment", "StatefulSet", "HorizontalPodAutoscaler"):
        for field in ("replicas", "maxReplicas"):
            if field in copy["spec"]:
                copy["spec"][field] = "three"
                yield copy


@found_by("schema/container-names")
def container_twice(value: Object) -> Iterator[Object]:
    for copy, pod in _pods(value):
        pod["containers"].append(deepcopy(pod["containers"][0]))
        yield copy


@found_by("schema/object-name")
def name_with_capitals(value: Object) -> Iterator[Object]:
    if value["kind"] == "PodDisruptionBudget":
        return  # the one kind here whose names Kubernetes does not look at
    copy = deepcopy(value)
    copy["metadata"]["name"] = "Not_A_Name"
    yield copy


@found_by("input/unknown-kind")
def kind_misspelt(value: Object) -> Iterator[Object]:
    for copy in _of_kind(value, "Deployment", "Service"):
        copy["kind"] += "s"
        yield copy
