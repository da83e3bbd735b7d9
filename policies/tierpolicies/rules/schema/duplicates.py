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

from collections.abc import Iterator

from tierpolicies.documents.view import View
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Container, Pod


@rule(
    each=Pod,
    severity=Severity.ERROR,
    remediation="Keep one of the two, or give it a name, path or port of its own.",
    known_as=("kube-score:container-ports-check",),
)
def check(pod: Pod) -> Iterator[Fault]:
    """Reports each item that an earlier one equals."""
    manifest = pod.manifest
    for view in _repeated(pod.spec["volumes"], "name"):
        yield Fault(f"another volume of the pod is called {view.text!r} too", manifest, view)
    for view in _spread(pod.spec["topologySpreadConstraints"]):
        yield Fault("another constraint has the same topologyKey and whenUnsatisfiable", manifest, view)
    if manifest.kind == "StatefulSet":
        for view in _repeated(manifest.view.at("spec", "volumeClaimTemplates"), "metadata", "name"):
            yield Fault(f"another claim template is called {view.text!r} too", manifest, view)
    taken: set[tuple[object, ...]] = set()
    for container in pod.containers:
        yield from _of(container)
        for port in container["ports"]:
            if "hostPort" in port.mapping:
                key = (port["hostPort"].integer, _protocol(port), port["hostIP"].text)
                if key[0] and key in taken:
                    message = f"another port of the pod takes {key[0]} {key[1]} of the node too"
                    yield Fault(message, manifest, port["hostPort"])
                taken.add(key)


def _of(container: Container) -> Iterator[Fault]:
    manifest = container.manifest
    for field, step, said in (
        ("ports", "name", "another port of the container is called {!r} too"),
        ("volumeMounts", "mountPath", "another volume is mounted at {!r} too"),
        ("volumeDevices", "devicePath", "another device is at {!r} too"),
    ):
        for view in _repeated(container[field], step):
            yield Fault(said.format(view.text), manifest, view)
    ports = container["ports"]
    if not _has_several(ports):
        return
    numbers: set[tuple[object, ...]] = set()
    for port in ports:
        number = port["containerPort"]
        key = (number.integer, _protocol(port), port["hostPort"].integer, port["hostIP"].text)
        if number.integer is not None and key in numbers:
            message = f"the port {key[0]} {key[1]} is declared twice"
            yield Fault(message, manifest, number, severity=Severity.WARNING)
        numbers.add(key)


def _has_several(items: View) -> bool:
    return isinstance(items.value, list) and len(items.value) > 1


def _repeated(items: View, *steps: str) -> Iterator[View]:
    """The texts at a path in the items of a list that an earlier item has too."""
    if not _has_several(items):
        return
    seen: set[str] = set()
    for item in items:
        value = item.at(*steps)
        if value.text and value.text in seen:
            yield value
        seen.add(value.text)


def _spread(constraints: View) -> Iterator[View]:
    if not _has_several(constraints):
        return
    seen: set[tuple[str, str]] = set()
    for constraint in constraints:
        key = (constraint["topologyKey"].text, constraint["whenUnsatisfiable"].text)
        if key in seen and all(key):
            yield constraint["topologyKey"]
        seen.add(key)


def _protocol(port: View) -> str:
    return port["protocol"].text or "TCP"
