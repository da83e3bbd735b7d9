"""Two things in an object share what must tell them apart.

## What it does
Compares the names of a pod's volumes and of a StatefulSet's claim templates, the paths at which a
container mounts volumes and devices, the names of its ports, the ports that a pod takes from its node, the
pairs of topologyKey and whenUnsatisfiable of its spread constraints, and the keys of a ConfigMap's two
mappings. A container port that is declared twice is a warning.

## Why is this bad
The API server refuses the object, or, of two ports with one number, keeps either when it merges changes.

## Example
```yaml
volumeMounts: [{name: cache, mountPath: /data}, {name: data, mountPath: /data}]
```

## Use instead
```yaml
volumeMounts: [{name: cache, mountPath: /cache}, {name: data, mountPath: /data}]
```
"""

from collections.abc import Callable, Iterable, Iterator

from tierpolicies.documents.view import View
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Container, Pod

Identity = Callable[[View], tuple[object, ...]]


@rule(
    each=Pod,
    severity=Severity.ERROR,
    remediation="Keep one of the two, or give it a name, path or port of its own.",
    known_as=("kube-score:container-ports-check",),
)
def check(pod: Pod) -> Iterator[Fault]:
    """Reports each item that an earlier one equals."""
    manifest = pod.manifest
    for field, step in (("volumes", "name"),):
        for view in _repeated(pod.spec[field], step):
            yield Fault(f"another volume of the pod is called {view.text!r} too", manifest, view)
    for view in _spread(pod.spec["topologySpreadConstraints"]):
        yield Fault("another constraint has the same topologyKey and whenUnsatisfiable", manifest, view)
    if manifest.kind == "StatefulSet":
        names = [each["metadata"] for each in manifest.view.at("spec", "volumeClaimTemplates")]
        for view in _repeated(names, "name"):
            yield Fault(f"another claim template is called {view.text!r} too", manifest, view)
    taken: set[tuple[object, ...]] = set()
    for container in pod.containers:
        yield from _of(container)
        for port in container["ports"]:
            host_port = port["hostPort"]
            if host_port.integer:
                key = (host_port.integer, _protocol(port), port["hostIP"].text)
                if key in taken:
                    message = f"another port of the pod takes {key[0]} {key[1]} of the node too"
                    yield Fault(message, manifest, host_port)
                taken.add(key)


def _of(container: Container) -> Iterator[Fault]:
    manifest = container.manifest
    for field, step, said in (
        ("ports", "name", "another port of the container is called {!r} too"),
        ("volumeMounts", "mountPath", "another volume is mounted at {!r} too"),
        ("volumeDevices", "devicePath", "another device is at {!r} too"),
    ):
        if field in container.view.mapping:
            for view in _repeated(container[field], step):
                yield Fault(said.format(view.text), manifest, view)
    numbers: set[tuple[object, ...]] = set()
    for port in container["ports"]:
        number = port["containerPort"]
        key = (number.integer, _protocol(port), port["hostPort"].integer, port["hostIP"].text)
        if number.integer is not None and key in numbers:
            message = f"the port {key[0]} {key[1]} is declared twice"
            yield Fault(message, manifest, number, severity=Severity.WARNING)
        numbers.add(key)


def _repeated(items: Iterable[View], step: str) -> Iterator[View]:
    seen: set[str] = set()
    for item in items:
        value = item[step]
        if value.text and value.text in seen:
            yield value
        seen.add(value.text)


def _spread(constraints: Iterable[View]) -> Iterator[View]:
    seen: set[tuple[str, str]] = set()
    for constraint in constraints:
        key = (constraint["topologyKey"].text, constraint["whenUnsatisfiable"].text)
        if key in seen and all(key):
            yield constraint["topologyKey"]
        seen.add(key)


def _protocol(port: View) -> str:
    return port["protocol"].text or "TCP"
