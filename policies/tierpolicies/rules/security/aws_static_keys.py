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

from tierpolicies.documents.view import View
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Container

_KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
_ELSEWHERE = ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT", "S3_ENDPOINT", "S3_ENDPOINT_URL")
_AWS = ".amazonaws.com"


@rule(
    each=Container,
    severity=Severity.WARNING,
    remediation="Give the ServiceAccount a role: a projected token for sts.amazonaws.com and AWS_ROLE_ARN.",
)
def check(container: Container) -> Iterator[Fault]:
    """Reports a static key, once a container."""
    found: dict[str, View] = {}
    for variable in container["env"]:
        name = variable.mapping.get("name")
        if name in _ELSEWHERE and _AWS not in variable["value"].text:
            return
        if isinstance(name, str) and name in _KEYS:
            found[name] = variable
    for name in _KEYS:
        if name in found:
            message = f"the container {container.name!r} has a static key of AWS, {name}"
            yield Fault(message, container.manifest, found[name])
            return
