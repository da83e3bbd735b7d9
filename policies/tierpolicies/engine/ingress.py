"""The backends of Ingresses, in each version of the API that there has been."""

from collections.abc import Iterator
from typing import NamedTuple

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View
from tierpolicies.engine.index import Index

_FORMER = ("extensions/v1beta1", "networking.k8s.io/v1beta1")
_CLASS_ANNOTATION = "kubernetes.io/ingress.class"


class Backend(NamedTuple):
    """Where an Ingress sends a path of a host: a Service with a port, unless it is a resource."""

    ingress: Manifest
    host: str
    path: View
    view: View
    name: View
    port: View

    @property
    def is_annotation(self) -> bool:
        """Whether an action of the AWS load balancer stands in its place, given by an annotation."""
        return self.port.text == "use-annotation"


def backends(index: Index) -> Iterator[Backend]:
    """The backends of all Ingresses; that of an Ingress as a whole has an empty path."""
    for ingress in index.of_kind("Ingress"):
        is_former = ingress.subject.api_version in _FORMER
        spec = ingress.view["spec"]
        default = spec["backend"] if is_former else spec["defaultBackend"]
        if default:
            yield _backend(ingress, "", View(None), default, is_former)
        for rule in spec["rules"]:
            for path in rule.at("http", "paths"):
                yield _backend(ingress, rule["host"].text, path, path["backend"], is_former)


def ingress_class(ingress: Manifest) -> View:
    """Where the class of an Ingress stands: the field, or the annotation that was before it."""
    named = ingress.view.at("spec", "ingressClassName")
    return named or ingress.view.at("metadata", "annotations", _CLASS_ANNOTATION)


def _backend(ingress: Manifest, host: str, path: View, view: View, is_former: bool) -> Backend:
    if is_former:
        return Backend(ingress, host, path, view, view["serviceName"], view["servicePort"])
    port = view.at("service", "port")
    return Backend(
        ingress,
        host,
        path,
        view,
        view.at("service", "name"),
        port["name"] or port["number"],
    )
