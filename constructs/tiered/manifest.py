"""One Kubernetes object as a construct made it, and the order in which objects are applied."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import cast

from tiered.origin import Origin

Body = dict[str, object]


class Wave(IntEnum):
    """Argo CD applies lower waves first and waits until they are healthy."""

    CLUSTER = -10
    NAMESPACE = -9
    LIMITS = -8
    IDENTITY = -7
    SECRET_STORE = -6
    CONFIGURATION = -5
    STORE = -3
    STORE_SETUP = -2
    MIGRATION = -1
    WORKLOAD = 0
    TRAFFIC = 1


@dataclass(frozen=True, slots=True)
class Manifest:
    """An object and the place in the description that asked for it (None: nobody did by name)."""

    body: Body
    origin: Origin | None = None

    @property
    def api_version(self) -> str:
        return str(self.body["apiVersion"])

    @property
    def kind(self) -> str:
        return str(self.body["kind"])

    @property
    def metadata(self) -> Mapping[str, object]:
        return cast("Mapping[str, object]", self.body["metadata"])

    @property
    def name(self) -> str:
        return str(self.metadata["name"])

    @property
    def namespace(self) -> str | None:
        namespace = self.metadata.get("namespace")
        return None if namespace is None else str(namespace)

    @property
    def group(self) -> str:
        """The API group; the core group is the empty string."""
        head, slash, _ = self.api_version.partition("/")
        return head if slash else ""

    @property
    def identity(self) -> tuple[str, str, str, str]:
        """What makes an object unique in a cluster: group, kind, namespace, name."""
        return (self.group, self.kind, self.namespace or "", self.name)
