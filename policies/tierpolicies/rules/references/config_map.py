"""A pod needs a ConfigMap, or a key of one, that is not there.

## What it does
Looks up every ConfigMap that variables, `envFrom`, volumes and projected volumes name, and the keys
that they name of it. References with `optional: true` may lead nowhere; where a chart or an operator
may make the ConfigMap nothing is said.

## Why is this bad
The container does not start: CreateContainerConfigError for a variable, FailedMount for a volume.

## Example
```yaml
configMapKeyRef: {name: web, key: LOG_LVEL}   # the ConfigMap has LOG_LEVEL
```

## Use instead
```yaml
configMapKeyRef: {name: web, key: LOG_LEVEL}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import PODS, Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.index import DEFAULT_NAMESPACE
from tierpolicies.engine.outside import BRINGERS
from tierpolicies.engine.references import Reference
from tierpolicies.engine.rule import rule
from tierpolicies.engine.suggestion import nearest


@rule(
    needs=(PODS,),
    severity=Severity.ERROR,
    remediation="Name a ConfigMap of the pod's namespace and a key it has, or add what is missing.",
    rests_on=("ConfigMap", *BRINGERS),
    known_as=("kube-linter:env-value-from",),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each ConfigMap and each key that is missing."""
    maps = context.config_maps
    for reference in context.references.config_maps:
        manifest, name = reference.manifest, reference.name.text
        home = manifest.namespace or DEFAULT_NAMESPACE
        if maps.has(home, name):
            yield from _without_key(reference, maps.keys(home, name))
        elif not reference.is_again:
            known = maps.names(home)
            if context.outside.lacks(home, "ConfigMap", name, known):
                message = f"{reference.reader} needs the ConfigMap {name}, which {home} has not"
                yield Fault(f"{message}{nearest(name, known)}", manifest, reference.name)


def _without_key(reference: Reference, keys: frozenset[str] | None) -> Iterator[Fault]:
    key, name = reference.key, reference.name.text
    if key is not None and key.text and keys is not None and key.text not in keys:
        message = f"{reference.reader} needs {key.text!r}, a key that the ConfigMap {name} has not"
        yield Fault(f"{message}{nearest(key.text, keys)}", reference.manifest, key)
