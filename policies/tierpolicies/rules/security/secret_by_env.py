"""A container gets a secret by its environment instead of a file.

## What it does
Reports variables taken from a Secret, and Secrets taken as a whole by `envFrom`. The rule is optional.

## Why is this bad
Every child process inherits the environment, and crash reports and debug pages show it. It does not
change when the Secret does.

## Example
```yaml
env: [{name: DB_PASSWORD, valueFrom: {secretKeyRef: {name: database, key: password}}}]
```

## Use instead
```yaml
volumeMounts: [{name: database, mountPath: /run/secrets/database, readOnly: true}]
```
"""

from collections.abc import Iterator

from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Container


@rule(
    each=Container,
    severity=Severity.WARNING,
    remediation="Mount the Secret as a volume, and let the application read the file.",
    optional=True,
    known_as=("kube-linter:read-secret-from-env-var", "checkov:CKV_K8S_35"),
)
def check(container: Container) -> Iterator[Fault]:
    """Reports each secret in the environment."""
    for variable in container["env"]:
        reference = variable.at("valueFrom", "secretKeyRef")
        if reference:
            message = f"the variable {variable['name'].text} comes from the Secret {reference['name'].text!r}"
            yield Fault(message, container.manifest, reference)
    for source in container["envFrom"]:
        reference = source["secretRef"]
        if reference:
            message = f"all keys of the Secret {reference['name'].text!r} are in the environment"
            yield Fault(message, container.manifest, reference)
