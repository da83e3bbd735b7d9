"""What the stores have in common: volume claims, Services, probes, digests of configuration."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from tiered.component import Component
from tiered.manifest import Body, Wave
from tiered.quantity import canonical


@dataclass(frozen=True, kw_only=True)
class VolumeClaim:
    """How much room a store gets for each replica, and of which StorageClass (None: the default one)."""

    size: str
    storage_class: str | None = None

    def spec(self) -> Body:
        spec: Body = {"accessModes": ["ReadWriteOnce"]}
        if self.storage_class is not None:
            spec["storageClassName"] = self.storage_class
        return {
            **spec,
            # The API server's default, written because Argo CD would see it as a difference in templates.
            "volumeMode": "Filesystem",
            "resources": {"requests": {"storage": canonical(self.size)}},
        }

    def template(self, name: str) -> Body:
        """The claim in a StatefulSet's `volumeClaimTemplates`."""
        return {
            "apiVersion": "v1",
            "kind": "PersistentVolumeClaim",
            "metadata": {"name": name},
            "spec": self.spec(),
        }


def digest(files: Mapping[str, str]) -> dict[str, str]:
    """The annotation that makes pods roll when the files they only read at start have changed."""
    sha = hashlib.sha256()
    for name, content in sorted(files.items()):
        sha.update(f"{name}\0{content}\0".encode())
    return {"tierwright.dev/configuration": sha.hexdigest()[:16]}


def read_only_files(name: str, *, kind: str = "configMap") -> Body:
    """The volume source of a ConfigMap or a Secret, readable by the container's own group only."""
    key = "name" if kind == "configMap" else "secretName"
    return {kind: {key: name, "defaultMode": 0o440}}


def add_service(
    component: Component,
    name: str,
    *,
    selector: Mapping[str, str],
    ports: Mapping[str, int],
    **spec: object,
) -> None:
    """Add a Service with the ports of the container, by the same names; `spec` holds further fields."""
    component.add(
        "v1",
        "Service",
        name,
        wave=Wave.STORE,
        labels=selector,
        spec={
            **spec,
            "selector": dict(selector),
            "ports": [
                {"name": port, "port": number, "protocol": "TCP", "targetPort": port}
                for port, number in ports.items()
            ],
        },
    )


def shell_probe(command: str, *, period: int) -> Body:
    """A probe by a shell command; three failures in a row count."""
    return {
        "exec": {"command": ["sh", "-c", command]},
        "periodSeconds": period,
        "timeoutSeconds": 5,
        "failureThreshold": 3,
    }
