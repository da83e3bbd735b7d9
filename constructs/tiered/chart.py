"""A cdk8s chart whose objects are plain data: thousands of them cost no call to Node."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import cdk8s
from constructs import Construct

from tiered.errors import TieredError
from tiered.manifest import Manifest

_READS_API_OBJECTS_ONLY = (
    cdk8s.YamlOutputType.FILE_PER_RESOURCE,
    cdk8s.YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE,
)


class Chart(cdk8s.Chart):
    """Collects what the components below it add; works in any cdk8s app that writes whole charts.

    Args:
        namespace: given to every namespaced object that is added.
        labels: given to every object that is added.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002 - the name that cdk8s gives it
        *,
        namespace: str | None = None,
        labels: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(scope, id, namespace=namespace, labels=labels)
        output = cdk8s.App.of(self).yaml_output_type
        if output in _READS_API_OBJECTS_ONLY:
            raise TieredError(
                f"chart {id!r}: with yaml_output_type={output.name} cdk8s writes only its own ApiObjects"
                " and would drop everything here without a word; use FILE_PER_CHART or FILE_PER_APP"
            )
        self.target_namespace = namespace
        self.common_labels: Mapping[str, str] = dict(labels or {})
        self._manifests: dict[tuple[str, str, str, str], Manifest] = {}

    @property
    def manifests(self) -> tuple[Manifest, ...]:
        """What has been added so far, in order."""
        return tuple(self._manifests.values())

    def add(self, manifest: Manifest) -> None:
        """Take an object in; two of the same kind, namespace and name are a mistake."""
        if manifest.identity in self._manifests:
            raise TieredError(
                f"{manifest.kind}/{manifest.name} is made twice in chart {self.node.id!r}"
                f" ({manifest.origin or 'origin unknown'}): give one of them another name"
            )
        self._manifests[manifest.identity] = manifest

    def to_json(self) -> list[Any]:
        """What cdk8s writes: its own ApiObjects of this chart first, then ours."""
        return [*super().to_json(), *(_plain(manifest.body) for manifest in self.manifests)]


def _plain(value: object) -> object:
    """Without the scalars that remember their origin: jsii knows only the exact types."""
    match value:
        case Mapping():
            return {str(key): _plain(item) for key, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
        case bool() | None:
            return value
        case str():
            return str.__str__(value)
        case int():
            return int(value)
        case _:
            return value
