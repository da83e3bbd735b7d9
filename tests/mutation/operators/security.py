"""What lets a container do more than it needs, or runs an image that may change."""

from __future__ import annotations

from collections.abc import Iterator

from tests.mutation.operator import Object, found_by
from tests.mutation.places import containers, of_kind, pods


@found_by("security/image-tag")
def image_without_tag(value: Object) -> Iterator[Object]:
    for copy, container in containers(value):
        container["image"] = container["image"].partition("@")[0].rpartition(":")[0]
        yield copy


@found_by("security/image-tag")
def image_latest(value: Object) -> Iterator[Object]:
    for copy, container in containers(value):
        container["image"] = container["image"].partition("@")[0].rpartition(":")[0] + ":latest"
        yield copy


@found_by("security/privileged")
def privileged_container(value: Object) -> Iterator[Object]:
    for copy, container in containers(value):
        container.setdefault("securityContext", {})["privileged"] = True
        yield copy


@found_by("security/privilege-escalation")
def privilege_escalation_left_open(value: Object) -> Iterator[Object]:
    for copy, container in containers(value):
        if container.get("securityContext", {}).pop("allowPrivilegeEscalation", None) is not None:
            yield copy


@found_by("security/run-as-non-root")
def root_allowed(value: Object) -> Iterator[Object]:
    for copy, pod in pods(value):
        touched = pod.get("securityContext", {}).pop("runAsNonRoot", None)
        for container in (*pod["containers"], *pod.get("initContainers", ())):
            touched = container.get("securityContext", {}).pop("runAsNonRoot", None) or touched
        if touched:
            yield copy


@found_by("security/root-user")
def run_as_root(value: Object) -> Iterator[Object]:
    for copy, pod in pods(value):
        pod.setdefault("securityContext", {})["runAsUser"] = 0
        yield copy


@found_by("security/forbidden-capabilities")
def capability_added(value: Object) -> Iterator[Object]:
    for copy, container in containers(value):
        container.setdefault("securityContext", {}).setdefault("capabilities", {})["add"] = ["SYS_ADMIN"]
        yield copy


@found_by("security/kept-capabilities")
def capabilities_not_dropped(value: Object) -> Iterator[Object]:
    for copy, container in containers(value):
        if container.get("securityContext", {}).get("capabilities", {}).pop("drop", None):
            yield copy


@found_by("security/seccomp-profile")
def seccomp_unconfined(value: Object) -> Iterator[Object]:
    for copy, pod in pods(value):
        pod.setdefault("securityContext", {})["seccompProfile"] = {"type": "Unconfined"}
        yield copy


@found_by("security/writable-root")
def writable_root(value: Object) -> Iterator[Object]:
    for copy, container in containers(value):
        if container.get("securityContext", {}).pop("readOnlyRootFilesystem", None):
            yield copy


@found_by("security/host-namespaces")
def host_network(value: Object) -> Iterator[Object]:
    for copy, pod in pods(value):
        pod["hostNetwork"] = True
        yield copy


@found_by("security/host-path")
def host_path_volume(value: Object) -> Iterator[Object]:
    for copy, pod in pods(value):
        pod.setdefault("volumes", []).append({"name": "host", "hostPath": {"path": "/etc"}})
        yield copy


@found_by("security/host-path")
def docker_socket(value: Object) -> Iterator[Object]:
    for copy, pod in pods(value):
        volume = {"name": "socket", "hostPath": {"path": "/var/run/docker.sock"}}
        pod.setdefault("volumes", []).append(volume)
        pod["containers"][0].setdefault("volumeMounts", []).append(
            {"name": "socket", "mountPath": "/var/run/docker.sock"}
        )
        yield copy


@found_by("security/host-ports")
def host_port(value: Object) -> Iterator[Object]:
    for copy, container in containers(value):
        for port in container.get("ports", [])[:1]:
            port["hostPort"] = port["containerPort"]
            yield copy


@found_by("security/secret-in-env")
def password_in_clear(value: Object) -> Iterator[Object]:
    for copy, container in containers(value):
        entry = {"name": "DATABASE_PASSWORD", "value": "tR9-pla1n-xQ7w"}
        container.setdefault("env", []).append(entry)
        yield copy


@found_by("security/secret-in-config-map")
def key_in_a_config_map(value: Object) -> Iterator[Object]:
    for copy in of_kind(value, "ConfigMap"):
        copy.setdefault("data", {})["aws.txt"] = "aws_access_key_id = AKIAIOSFODNN7EXAMPLQ"
        yield copy


@found_by("security/unneeded-token")
def token_mounted(value: Object) -> Iterator[Object]:
    for copy, pod in pods(value):
        if pod.get("automountServiceAccountToken") is False:
            pod["automountServiceAccountToken"] = True
            yield copy
