"""The manifests that are adopted, found by what they have to do with each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View

_UNSAID = "default"


@dataclass(frozen=True)
class Route:
    """A path of an Ingress that leads to a Service."""

    ingress: Manifest
    host: str
    path: str
    service: str


@dataclass(frozen=True)
class Inventory:
    """All manifests in the order of their files."""

    manifests: Sequence[Manifest]

    def of_kind(self, *kinds: str, namespace: str | None = None) -> Iterator[Manifest]:
        """The manifests of some kinds, in one namespace or all."""
        for each in self.manifests:
            if each.kind in kinds and (namespace is None or namespace_of(each) == namespace):
                yield each

    def named(self, kind: str, name: str, namespace: str) -> Manifest | None:
        """The manifest of a kind and a name."""
        return next((each for each in self.of_kind(kind, namespace=namespace) if each.name == name), None)

    def services_of(self, workload: Manifest) -> list[Manifest]:
        """The Services that select a workload's pods."""
        labels = workload.view.at("spec", "template", "metadata", "labels").labels
        return [
            each
            for each in self.of_kind("Service", namespace=namespace_of(workload))
            if (selector := each.view.at("spec", "selector").labels) and selector.items() <= labels.items()
        ]

    def scalers_of(self, workload: Manifest) -> list[Manifest]:
        """The autoscalers that scale a workload."""
        return [
            each
            for each in self.of_kind("HorizontalPodAutoscaler", namespace=namespace_of(workload))
            if each.view.at("spec", "scaleTargetRef", "name").text == workload.name
            and each.view.at("spec", "scaleTargetRef", "kind").text == workload.kind
        ]

    @cached_property
    def routes(self) -> list[Route]:
        """Every path of every Ingress."""
        return [route for each in self.of_kind("Ingress") for route in _routes(each)]

    def routes_of(self, service: Manifest) -> list[Route]:
        """The paths that lead to a Service."""
        return [
            each
            for each in self.routes
            if each.service == service.name and namespace_of(each.ingress) == namespace_of(service)
        ]


def namespace_of(manifest: Manifest) -> str:
    """The namespace that an object lands in."""
    return manifest.namespace or _UNSAID


def place_of(manifest: Manifest) -> str:
    """Where an object stands: file and line."""
    return f"{manifest.file}:{manifest.position('')[0]}"


def _routes(ingress: Manifest) -> Iterator[Route]:
    for rule in ingress.view.at("spec", "rules"):
        for path in rule.at("http", "paths"):
            service = path.at("backend", "service", "name").text or path.at("backend", "serviceName").text
            yield Route(ingress, rule["host"].text, path["path"].text or "/", service)
    whole = ingress.view.at("spec", "defaultBackend", "service", "name").text
    if whole:
        yield Route(ingress, "", "/", whole)


def pod_of(workload: Manifest) -> View:
    """The pod's spec of a workload."""
    return workload.view.at("spec", "template", "spec")
