"""A container's environment holds a secret in clear text.

## What it does
Reports variables whose value is a secret by its looks (a private key, a token of a known issuer, a URL
with a password) or by the variable's name (`DB_PASSWORD`, `clientSecret`). References, placeholders,
paths, public keys and switches are none, nor are names about a secret such as `TOKEN_TTL`.

## Why is this bad
It stands in git for ever, for whoever may read it, in every log of a deployment and in each answer of
the API server about the pod.

## Example
```yaml
env: [{name: DB_PASSWORD, value: correct-horse-battery}]
```

## Use instead
```yaml
env: [{name: DB_PASSWORD, valueFrom: {secretKeyRef: {name: database, key: password}}}]
```
"""

from collections.abc import Iterator

from tierpolicies.access.credentials.named import given_away
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Container
from tierpolicies.workloads.written_variables import place, variables


@rule(
    each=Container,
    severity=Severity.ERROR,
    remediation="Revoke it, keep the new one in a Secret made outside of git, and refer to that.",
    known_as=("kube-linter:env-var-secret", "polaris:sensitiveContainerEnvVar"),
)
def check(container: Container) -> Iterator[Fault]:
    """Reports each variable that gives a secret away."""
    for name, value, index in variables(container):
        if value and (what := given_away(name, value)):
            message = f"the variable {name} of the container {container.name!r} holds {what} in clear text"
            yield Fault(message, container.manifest, place(container, index)["value"])
