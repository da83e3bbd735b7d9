"""A container is to take a role of AWS, and has no token to take it with.

## What it does
Looks, where `AWS_ROLE_ARN` is set, for a mounted projected token with the audience
`sts.amazonaws.com` at the path of `AWS_WEB_IDENTITY_TOKEN_FILE`. A ServiceAccount that EKS gives a role
(`eks.amazonaws.com/role-arn`) gets its token when the pod is made; that passes.

## Why is this bad
The application has no credentials: it falls back on the node's, which pods should not reach, or fails
at its first call.

## Example
```yaml
env: [{name: AWS_ROLE_ARN, value: "arn:aws:iam::111122223333:role/web"}]
```

## Use instead
```yaml
volumes:
  - name: aws-token
    projected: {sources: [{serviceAccountToken: {audience: sts.amazonaws.com, path: token}}]}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Container
from tierpolicies.rules.security.aws_static_keys import static_key
from tierpolicies.workloads.service_accounts import account_of
from tierpolicies.workloads.written_variables import names, place, variables

_ROLE, _FILE = "AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE"
_AUDIENCE = "sts.amazonaws.com"


@rule(
    severity=Severity.ERROR,
    remediation=f"Mount a projected token with the audience {_AUDIENCE} where {_FILE} says.",
    rests_on=("ServiceAccount",),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each role without its token."""
    for workload in context.index.workloads:
        for container in workload.own.containers:
            if _ROLE not in names(container) or static_key(container) is not None:
                continue
            name, _ = account_of(workload.own)
            account = context.index.find("ServiceAccount", name, workload.manifest.namespace)
            annotations = account.view.at("metadata", "annotations").mapping if account else {}
            if "eks.amazonaws.com/role-arn" not in annotations:
                yield from _faults(container)


def _faults(container: Container) -> Iterator[Fault]:
    tokens = dict(_tokens(container))
    found = {name: (value, index) for name, value, index in variables(container)}
    path, index = found.get(_FILE, ("", found[_ROLE][1]))
    who = f"the container {container.name!r}"
    if path in tokens and tokens[path] != _AUDIENCE:
        message = f"the token at {path} of {who} is for {tokens[path] or 'the API server'}, not {_AUDIENCE}"
    elif path and path not in tokens:
        message = f"{who} has the role of AWS_ROLE_ARN, and no projected token is mounted at {path}"
    elif not path:
        message = f"{who} has the role of AWS_ROLE_ARN, and {_FILE} is not set"
    else:
        return
    yield Fault(message, container.manifest, place(container, index))


def _tokens(container: Container) -> Iterator[tuple[str, str]]:
    """The paths of the tokens that the container sees, each with its audience."""
    volumes = {volume["name"].text: volume for volume in container.pod.spec["volumes"]}
    for mount in container["volumeMounts"]:
        volume = volumes.get(mount["name"].text)
        folder = mount["mountPath"].text.rstrip("/")
        for source in volume.at("projected", "sources") if volume is not None else ():
            token = source["serviceAccountToken"]
            if token:
                inner = mount["subPath"].text
                where = token["path"].text
                yield folder if inner and inner == where else f"{folder}/{where}", token["audience"].text
