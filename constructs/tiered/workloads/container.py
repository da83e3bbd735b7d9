"""A container as every tier runs it: nothing it does not need, and no way to get it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tiered.errors import TieredError
from tiered.manifest import Body
from tiered.quantity import canonical


@dataclass(frozen=True, kw_only=True)
class Resources:
    """Requests and limits of one container, as Kubernetes quantities by resource name."""

    requests: Mapping[str, str]
    limits: Mapping[str, str]

    def body(self) -> Body:
        return {
            "requests": {name: canonical(value) for name, value in self.requests.items()},
            "limits": {name: canonical(value) for name, value in self.limits.items()},
        }


@dataclass(frozen=True, kw_only=True)
class Variable:
    """An environment variable: a plain value, a key of a Secret, or a field of the pod."""

    name: str
    value: str | None = None
    secret: str | None = None
    key: str | None = None
    field_path: str | None = None

    def body(self) -> Body:
        if self.secret is not None:
            return {
                "name": self.name,
                "valueFrom": {"secretKeyRef": {"name": self.secret, "key": self.key or self.name}},
            }
        if self.field_path is not None:
            return {
                "name": self.name,
                "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": self.field_path}},
            }
        return {"name": self.name, "value": self.value or ""}


@dataclass(frozen=True, kw_only=True)
class Volume:
    """A volume of the pod and where the container sees it; `source` is the Kubernetes volume source."""

    name: str
    path: str
    source: Mapping[str, object]
    read_only: bool = True
    sub_path: str | None = None

    @property
    def claimed(self) -> bool:
        """Whether a StatefulSet's claim template provides it (an empty source) and not the pod."""
        return not self.source

    def mount(self) -> Body:
        body: Body = {"name": self.name, "mountPath": self.path}
        if self.read_only:
            body["readOnly"] = True
        if self.sub_path is not None:
            body["subPath"] = self.sub_path
        return body

    def declaration(self) -> Body:
        return {"name": self.name, **self.source}


def scratch(*, name: str = "tmp", path: str = "/tmp", size: str = "64Mi") -> Volume:  # noqa: S108
    """Room to write in a container whose root file system is read-only; it dies with the pod."""
    return Volume(name=name, path=path, source={"emptyDir": {"sizeLimit": canonical(size)}}, read_only=False)


@dataclass(frozen=True, kw_only=True)
class Container:
    """One container. Ports are numbers by name; probes are Kubernetes probe bodies by kind.

    Raises:
        TieredError: a variable, port or mount path stands twice, which server-side apply refuses.
    """

    name: str
    image: str
    resources: Resources
    command: Sequence[str] = ()
    args: Sequence[str] = ()
    environment: Sequence[Variable] = ()
    ports: Mapping[str, int] = field(default_factory=dict)
    volumes: Sequence[Volume] = ()
    startup: Mapping[str, object] | None = None
    readiness: Mapping[str, object] | None = None
    liveness: Mapping[str, object] | None = None
    pre_stop: Mapping[str, object] | None = None

    def __post_init__(self) -> None:
        stated: dict[str, list[object]] = {
            "variable": [variable.name for variable in self.environment],
            "port": [*self.ports.values()],
            "mount path": [volume.path for volume in self.volumes],
        }
        for what, values in stated.items():
            if twice := sorted({str(value) for value in values if values.count(value) > 1}):
                raise TieredError(
                    f"container {self.name!r} has {what} {', '.join(twice)} twice: take one of them out"
                )

    def body(self) -> Body:
        body: Body = {"name": self.name, "image": self.image}
        if self.command:
            body["command"] = list(self.command)
        if self.args:
            body["args"] = list(self.args)
        if self.environment:
            body["env"] = [variable.body() for variable in self.environment]
        if self.ports:
            body["ports"] = [
                {"name": name, "containerPort": port, "protocol": "TCP"} for name, port in self.ports.items()
            ]
        body["resources"] = self.resources.body()
        for probe, settings in (
            ("startupProbe", self.startup),
            ("readinessProbe", self.readiness),
            ("livenessProbe", self.liveness),
        ):
            if settings is not None:
                body[probe] = dict(settings)
        if self.pre_stop is not None:
            body["lifecycle"] = {"preStop": dict(self.pre_stop)}
        body["securityContext"] = {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "readOnlyRootFilesystem": True,
        }
        if self.volumes:
            body["volumeMounts"] = [volume.mount() for volume in self.volumes]
        return body
