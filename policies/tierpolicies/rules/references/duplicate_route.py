"""Two Ingresses, or two rules of one, answer the same path of the same host.

## What it does
Compares host, path and pathType of all Ingresses that one controller serves: those of one class, and
for the AWS load balancer those of one `group.name`. Canaries of the nginx controller, routes with
conditions by annotation and files of two environments are left out.

## Why is this bad
One of them never gets a request, and which one may change with every restart; a controller with an
admission webhook refuses the second.

## Example
```yaml
host: example.org
http: {paths: [{path: /, pathType: Prefix}]}   # in two Ingresses
```

## Use instead
```yaml
host: example.org
http: {paths: [{path: /shop, pathType: Prefix}]}
```
"""

from collections import defaultdict
from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest, Subject
from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.ingress import Backend, backends, ingress_class
from tierpolicies.engine.rule import rule

_ALB = "alb.ingress.kubernetes.io/"
_CANARY = "nginx.ingress.kubernetes.io/canary"
Route = tuple[str, str, str, str, str]


@rule(
    needs=("Ingress",),
    severity=Severity.ERROR,
    remediation="Let one Ingress answer it, or tell them apart by host or path.",
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each route that an earlier one answers already."""
    routes: dict[Route, list[Backend]] = defaultdict(list)
    for backend in sorted(backends(context.index), key=_place):
        if not backend.path or _is_told_apart(backend):
            continue
        earlier = routes[_route(backend)]
        other = next((each for each in earlier if _together(context, each, backend)), None)
        earlier.append(backend)
        if other is not None:
            path = backend.path["path"]
            where = "in this Ingress" if other.ingress is backend.ingress else f"in {other.ingress.subject}"
            message = f"{backend.host or 'any host'} {path.text or '/'} is answered {where}, too"
            yield Fault(message, backend.ingress, path, detail=backend.host)


def _place(backend: Backend) -> tuple[Subject, str, str]:
    """An order that does not change with files and lists: which of two routes is told must not, either."""
    name, port = backend.name.text, str(backend.port.value)
    return backend.ingress.subject, backend.path["path"].text, f"{name} {port}"


def _route(backend: Backend) -> Route:
    """What two routes that collide have in common."""
    ingress = backend.ingress
    name = ingress_class(ingress).text
    balancer = ""
    if name == "alb":
        group = ingress.view.at("metadata", "annotations", f"{_ALB}group.name").text
        ports = ingress.view.at("metadata", "annotations", f"{_ALB}listen-ports").text
        balancer = f"{group} {ports}" if group else f"{ingress.namespace}/{ingress.name}"
    path = backend.path["path"].text or "/"
    kind = backend.path["pathType"].text
    if kind == "Prefix":
        path = path.rstrip("/") or "/"  # both mean the same
    return name, balancer, backend.host.lower(), path, kind


def _is_told_apart(backend: Backend) -> bool:
    annotations = backend.ingress.view.at("metadata", "annotations").mapping
    if annotations.get(_CANARY) == "true":
        return True
    return f"{_ALB}conditions.{backend.name.text}" in annotations


def _together(context: Context, one: Backend, other: Backend) -> bool:
    """Whether two routes are of different objects that are applied together, or of one object."""
    if one.ingress is other.ingress:
        return True
    if _subject(one.ingress) == _subject(other.ingress):
        return False  # references/unique-object's
    return not context.overlays.apart(one.ingress.file, other.ingress.file)


def _subject(ingress: Manifest) -> tuple[str, str]:
    return ingress.namespace, ingress.name
