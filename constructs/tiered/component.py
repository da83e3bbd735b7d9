"""The base of every construct here: a node of the cdk8s tree that adds objects to its chart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from constructs import Construct

from tiered.chart import Chart
from tiered.errors import TieredError
from tiered.manifest import Body, Manifest
from tiered.origin import Origin, origin_of

SYNC_WAVE = "argocd.argoproj.io/sync-wave"

CONFIRMED_REMOVAL = {"argocd.argoproj.io/sync-options": "Prune=confirm,Delete=confirm"}
"""Annotation of what holds data: Argo CD removes it only after a person has confirmed."""


class Component(Construct):
    """A concept of the platform; its objects land in the nearest :class:`tiered.Chart` above it.

    Args:
        origin: the place in the description that asks for it; by default what `id` remembers,
            else the origin of the component above.
    """

    def __init__(self, scope: Construct, id: str, *, origin: Origin | None = None) -> None:  # noqa: A002
        super().__init__(scope, str.__str__(id))
        self.chart = _chart_of(scope, id)
        inherited = scope.origin if isinstance(scope, Component) else None
        self.origin: Origin | None = origin or origin_of(id) or inherited

    def add(
        self,
        api_version: str,
        kind: str,
        name: str,
        *,
        wave: int,
        labels: Mapping[str, str] | None = None,
        annotations: Mapping[str, str] | None = None,
        finalizers: Sequence[str] = (),
        cluster_scoped: bool = False,
        origin: Origin | None = None,
        **fields: object,
    ) -> Body:
        """Add one object to the chart.

        `wave` is a :class:`tiered.Wave`, or a number of its own for an Application among Applications.
        `fields` are the object's top-level fields below metadata (spec, data, rules, …), in the
        order in which they are to be written. Returns the object as it will be written.
        """
        metadata: Body = {"name": name}
        if not cluster_scoped:
            if self.chart.target_namespace is None:
                raise TieredError(
                    f"{kind}/{name} lives in a namespace, and chart {self.chart.node.id!r} has none:"
                    " give the Chart namespace=…"
                )
            metadata["namespace"] = self.chart.target_namespace
        metadata["labels"] = {**self.chart.common_labels, **(labels or {})}
        metadata["annotations"] = {SYNC_WAVE: str(int(wave)), **(annotations or {})}
        if finalizers:
            metadata["finalizers"] = list(finalizers)
        body: Body = {"apiVersion": api_version, "kind": kind, "metadata": metadata, **fields}
        self.chart.add(Manifest(body, origin or origin_of(name) or self.origin))
        return body


def _chart_of(scope: Construct, id: str) -> Chart:  # noqa: A002
    if isinstance(scope, Chart):
        return scope
    if isinstance(scope, Component):
        return scope.chart
    for above in reversed(scope.node.scopes):
        if isinstance(above, Chart):
            return above
    raise TieredError(
        f"{id!r} stands in no tiered.Chart (its scope is {scope.node.path or type(scope).__name__!r}):"
        " replace the cdk8s.Chart above it by tiered.Chart, which keeps these objects"
    )
