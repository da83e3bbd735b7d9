"""What scales what: HorizontalPodAutoscalers and KEDA's ScaledObjects, and their targets."""

from collections.abc import Iterator
from typing import NamedTuple

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View
from tierpolicies.engine.index import DEFAULT_NAMESPACE, Index
from tierpolicies.engine.placeholders import has_placeholder
from tierpolicies.engine.workload import Workload

HORIZONTAL = "HorizontalPodAutoscaler"
SCALED_OBJECT = "ScaledObject"
VERTICAL = "VerticalPodAutoscaler"
SCALERS = (HORIZONTAL, SCALED_OBJECT)
_KEDA = "keda.sh"


class Scaler(NamedTuple):
    """An autoscaler and what it names; an empty group is the core group."""

    manifest: Manifest
    target: View
    kind: str
    name: str
    group: str

    @property
    def is_horizontal(self) -> bool:
        """Whether it is Kubernetes' own, not KEDA's."""
        return self.manifest.kind == HORIZONTAL

    @property
    def namespace(self) -> str:
        """The namespace of the autoscaler and of its target."""
        return self.manifest.namespace or DEFAULT_NAMESPACE

    @property
    def metrics(self) -> View:
        """The metrics of a HorizontalPodAutoscaler of version 2."""
        return self.manifest.view.at("spec", "metrics")


def scalers(index: Index, *, vertical: bool = False) -> Iterator[Scaler]:
    """Every autoscaler that names a target; the vertical ones, that change no number of pods, on request."""
    for manifest in index.of_kind(*SCALERS, *((VERTICAL,) if vertical else ())):
        target = manifest.view.at("spec", "targetRef" if manifest.kind == VERTICAL else "scaleTargetRef")
        if not target["name"].text or (manifest.kind == SCALED_OBJECT and manifest.group != _KEDA):
            continue
        kind, version = target["kind"].text, target["apiVersion"].text
        if has_placeholder(kind + target["name"].text):
            continue
        if manifest.kind == SCALED_OBJECT:
            kind, version = kind or "Deployment", version or "apps/v1"
        group, slash, _ = version.rpartition("/")
        yield Scaler(manifest, target, kind, target["name"].text, group if slash else "")


def targets(index: Index) -> Iterator[tuple[Scaler, Workload]]:
    """The autoscalers whose target is in the tree, with it."""
    found: dict[tuple[str, str, str], Workload] | None = None
    for scaler in scalers(index):
        if found is None:
            found = {
                (each.manifest.kind, each.manifest.namespace or DEFAULT_NAMESPACE, each.manifest.name): each
                for each in index.workloads
            }
        workload = found.get((scaler.kind, scaler.namespace, scaler.name))
        if workload is not None:
            yield scaler, workload
