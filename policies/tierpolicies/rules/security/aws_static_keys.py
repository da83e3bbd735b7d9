"""A container signs in to AWS with a static access key.

## What it does
Reports `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY` in a container's environment, wherever their
values come from, unless an endpoint of its own (`AWS_ENDPOINT_URL`, …) says that it is another's
service that speaks AWS's language.

## Why is this bad
Such a key never expires and works from anywhere: once copied, it is used for months. A role has
credentials for an hour, and only for the pod's own ServiceAccount.

## Example
```yaml
env: [{name: AWS_ACCESS_KEY_ID, valueFrom: {secretKeyRef: {name: aws, key: id}}}]
```

## Use instead
```yaml
env:
  - {name: AWS_ROLE_ARN, value: "arn:aws:iam::111122223333:role/web"}
  - {name: AWS_WEB_IDENTITY_TOKEN_FILE, value: /var/run/secrets/sts.amazonaws.com/serviceaccount/token}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Container
from tierpolicies.workloads.written_variables import place, variables

_KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
_ELSEWHERE = frozenset(
    {"AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT", "S3_ENDPOINT", "S3_ENDPOINT_URL"}
)
_AWS = ".amazonaws.com"


@rule(
    each=Container,
    severity=Severity.WARNING,
    remediation="Give the ServiceAccount a role: a projected token for sts.amazonaws.com and AWS_ROLE_ARN.",
)
def check(container: Container) -> Iterator[Fault]:
    """Reports a static key, once a container."""
    if (index := static_key(container)) is not None:
        variable = place(container, index)
        message = f"the container {container.name!r} has a static key of AWS, {variable['name'].text}"
        yield Fault(message, container.manifest, variable)


def static_key(container: Container) -> int | None:
    """Which variable is a static key of AWS, if there is one."""
    found: dict[str, int] = {}
    for name, value, index in variables(container):
        if name in _KEYS:
            found[name] = index
        elif name in _ELSEWHERE and _AWS not in value:
            return None
    return next((found[name] for name in _KEYS if name in found), None)
