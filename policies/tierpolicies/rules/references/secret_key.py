"""A pod needs a key that a Secret has not.

## What it does
Looks up the keys that variables, volumes and projected volumes name of a Secret, where the tree
shows which ones it has: in a Secret, a SealedSecret or the target of an ExternalSecret. References with
`optional: true` may lead nowhere.

## Why is this bad
The container does not start: CreateContainerConfigError for a variable, FailedMount for a volume.

## Example
```yaml
secretKeyRef: {name: database, key: pasword}   # the Secret has password
```

## Use instead
```yaml
secretKeyRef: {name: database, key: password}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import PODS, Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.suggestion import nearest


@rule(
    needs=(PODS,),
    severity=Severity.ERROR,
    remediation="Name a key that the Secret has, or add it where the Secret comes from.",
    rests_on=("Secret", "SealedSecret", "ExternalSecret"),
    known_as=("kube-linter:env-value-from",),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each key that the Secret, as the tree shows it, lacks."""
    for reference in context.references.secrets:
        key, name = reference.key, reference.name.text
        if key is None or not key.text:
            continue
        keys = context.secrets.keys(reference.manifest.namespace, name)
        if keys is not None and key.text not in keys:
            message = f"{reference.reader} needs {key.text!r}, a key that the Secret {name} has not"
            yield Fault(f"{message}{nearest(key.text, keys)}", reference.manifest, key)
