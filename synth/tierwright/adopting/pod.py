"""A pod of a manifest as an app.yaml declares it, and what of it has no words there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from tiered.errors import TieredError
from tiered.quantity import canonical
from tierpolicies.documents.nodes import Value
from tierpolicies.documents.view import View
from tierwright.adopting.inventory import Inventory

ENTRYPOINT = "ENTRYPOINT"
"""Stands for what only the image knows, and a person has to write."""

_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]*")
_OURS = frozenset(("SERVICE_NAME", "ENVIRONMENT", "TZ", "METRICS_PORT", "MESSAGING_FILE"))
_RESOURCES = ("cpu", "memory", "ephemeral-storage")
_TMP = "/tmp"  # noqa: S108 - of the pod
_LONGEST_GRACE = 30
_PROBES = {"livenessProbe": "/healthz", "readinessProbe": "/readyz", "startupProbe": "/healthz"}
_WAYS = ("exec", "grpc", "tcpSocket", "httpGet")
_TIERS = {"nodeSelector", "tolerations", "priorityClassName", "priority"}
_UNTOLD = {
    *("containers", "volumes", "initContainers", "restartPolicy", "securityContext", "enableServiceLinks"),
    *("serviceAccountName", "serviceAccount", "automountServiceAccountToken", "dnsPolicy", "schedulerName"),
    "terminationGracePeriodSeconds",
}


@dataclass
class Declared:
    """What an app.yaml says of a process; `notes` are what it cannot say, a sentence each."""

    values: dict[str, Value] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def declared(spec: View, inventory: Inventory, *, name: str, namespace: str) -> Declared:
    """The first container of a pod, and notes on everything else in it."""
    found = Declared()
    container = spec.at("containers", 0)
    found.values["command"] = _command(container, found.notes)
    found.values["resources"] = _resources(container, found.notes)
    _Environment(found, inventory, name=name, namespace=namespace).read(container)
    _volumes(spec, container, inventory, namespace, found)
    found.notes += _pod_notes(spec)
    found.notes += _container_notes(container)
    return found


def _command(container: View, notes: list[str]) -> Value:
    command = [each.text for each in container["command"]]
    arguments: list[Value] = [each.text for each in container["args"]]
    if not command:
        notes.append(f"which program the image starts is not told: write it in the place of {ENTRYPOINT}")
        command = [ENTRYPOINT]
    return [*command, *arguments]


def _resources(container: View, notes: list[str]) -> Value:
    sides: dict[str, Value] = {}
    for side in ("requests", "limits"):
        held: dict[str, Value] = {}
        for resource, amount in container.at("resources", side).items():
            try:
                quantity = canonical(str(amount.value))
            except TieredError:
                notes.append(f"{side}.{resource} {amount.value!r} is not a quantity")
                continue
            if resource in _RESOURCES:
                held[resource] = quantity
            else:
                notes.append(f"{side}.{resource} has no place here")
        sides[side] = held
        if not held:
            notes.append(f"it has no {side}: the rules will ask for some")
    return sides


class _Environment:
    """Reads a container's variables: plain ones are kept, those of Secrets are named, the rest is told."""

    def __init__(self, found: Declared, inventory: Inventory, *, name: str, namespace: str) -> None:
        self._notes, self._values = found.notes, found.values
        self._inventory, self._name, self._namespace = inventory, name, namespace
        self._variables: dict[str, Value] = {}
        self._secrets: list[str] = []

    def read(self, container: View) -> None:
        for source in container["envFrom"]:
            self._whole(source)
        for variable in container["env"]:
            self._variable(variable)
        if self._variables:
            self._values["variables"] = self._variables
        secrets: list[Value] = [*dict.fromkeys(self._secrets)]
        if secrets:
            self._values["secrets"] = secrets

    def _whole(self, source: View) -> None:
        prefix = source["prefix"].text
        config, secret = source.at("configMapRef", "name").text, source.at("secretRef", "name").text
        kind, name = ("ConfigMap", config) if config else ("Secret", secret)
        held = self._inventory.named(kind, name, self._namespace)
        if held is None:
            self._notes.append(f"what {kind} {name} brings is not known: it is not among the manifests")
            return
        for key in {**held.view["data"].mapping, **held.view["stringData"].mapping}:
            if config:
                self._plain(prefix + key, held.view.at("data", key).text)
            else:
                self._secret(prefix + key, name, key)

    def _variable(self, variable: View) -> None:
        name, source = variable["name"].text, variable["valueFrom"]
        config, secret = source["configMapKeyRef"], source["secretKeyRef"]
        if secret:
            self._secret(name, secret["name"].text, secret["key"].text)
        elif config:
            held = self._inventory.named("ConfigMap", config["name"].text, self._namespace)
            value = held.view.at("data", config["key"].text) if held is not None else View(None)
            if value:
                self._plain(name, value.text)
            else:
                self._notes.append(
                    f"variable {name}: ConfigMap {config['name'].text} is not among the manifests"
                )
        elif source:
            self._notes.append(f"variable {name} comes from the pod's own fields, which has no words here")
        else:
            self._plain(name, variable["value"].text)

    def _plain(self, name: str, value: str) -> None:
        if name in _OURS:
            self._notes.append(f"variable {name} is the platform's own; it said {value!r}")
        elif _VARIABLE.fullmatch(name) is None:
            self._notes.append(f"variable {name!r}: write its name in capitals, digits and underscores")
        else:
            self._variables[name] = value

    def _secret(self, name: str, secret: str, key: str) -> None:
        if _VARIABLE.fullmatch(name) is None or name in _OURS:
            self._notes.append(f"variable {name!r} of Secret {secret}: write its name in capitals")
            return
        self._secrets.append(name)
        if (secret, key) != (self._name, name):
            self._notes.append(
                f"variable {name} is key {key} of Secret {secret}: put its value where key {name} of"
                f" Secret {self._name} comes from"
            )


def _volumes(spec: View, container: View, inventory: Inventory, namespace: str, found: Declared) -> None:
    volumes = {each["name"].text: each for each in spec["volumes"]}
    files: dict[str, Value] = {}
    for mount in container["volumeMounts"]:
        path, volume = mount["mountPath"].text, volumes.get(mount["name"].text, View(None))
        secret = volume.at("secret", "secretName").text
        keys = [each["key"].text for each in volume.at("secret", "items")]
        held = inventory.named("Secret", secret, namespace)
        if held is not None and not keys:
            keys = [*held.view["data"].mapping, *held.view["stringData"].mapping]
        if secret and keys and not mount["subPath"]:
            names: list[Value] = [*keys]
            files[secret] = {"path": path, "keys": names}
        elif volume["emptyDir"] and path == _TMP:
            size = volume.at("emptyDir", "sizeLimit").text
            if size:
                found.values["scratch"] = size
        else:
            kind = next((key for key in volume.mapping if key != "name"), "a volume")
            found.notes.append(f"the {kind} at {path}: only /tmp can be written, only Secrets are mounted")
    if files:
        found.values["secret_files"] = files


def _pod_notes(spec: View) -> Iterator[str]:
    for each in list(spec["containers"])[1:]:
        yield f"container {each['name'].text} beside it: an app has one container a pod"
    for each in spec["initContainers"]:
        yield f"init container {each['name'].text}: see `migration` for what comes before every sync"
    for key, value in spec.items():
        if key in _TIERS:
            yield f"{key}: the tier decides it"
        elif key not in _UNTOLD and value.value not in (False, [], {}):
            yield f"{key} has no words here"
    grace = spec["terminationGracePeriodSeconds"].integer
    if grace is not None and grace > _LONGEST_GRACE:
        yield f"{grace} s to end: a service gets {_LONGEST_GRACE} s, a worker its queues' time limit and 30 s"


def _container_notes(container: View) -> Iterator[str]:
    for probe, path in _PROBES.items():
        asked = container[probe]
        if asked and asked.at("httpGet", "path").text != path:
            found = asked.at("httpGet", "path").text or next(
                (way for way in _WAYS if asked[way]), "something else"
            )
            yield f"{probe} asks {found}: it has to answer {path}"
    if container["lifecycle"]:
        yield "lifecycle has no words here: a service waits 5 s before it ends"
    context = container["securityContext"]
    if context["privileged"].value is True or context.at("capabilities", "add"):
        yield "its privileges: pods have none here"
    if context["runAsUser"].integer == 0:
        yield "it runs as root: pods run as user 10001 here"
