"""A container's image is not pulled each time.

## What it does
Reports containers whose `imagePullPolicy` is not Always. One that is not set is Always for images
without a tag or with the tag `latest`. The rule is optional.

## Why is this bad
On a node that has the image, a pod starts without showing that it may pull it: pods of others run
images that they have no credentials for.

## Example
```yaml
{image: "ghcr.io/shop/web:1.4.2"}
```

## Use instead
```yaml
{image: "ghcr.io/shop/web:1.4.2", imagePullPolicy: Always}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Container
from tierpolicies.workloads.images import parse


@rule(
    each=Container,
    severity=Severity.WARNING,
    remediation="Set imagePullPolicy to Always.",
    optional=True,
    known_as=("kube-score:container-image-pull-policy", "polaris:pullPolicyNotAlways", "checkov:CKV_K8S_15"),
)
def check(container: Container) -> Iterator[Fault]:
    """Reports another policy, and a missing one where it does not come to Always."""
    policy = container["imagePullPolicy"].text
    if policy == "Always" or (not policy and parse(container["image"].text).is_untagged):
        return
    what = f"is {policy}" if policy else "is not set, and so IfNotPresent"
    message = f"the pull policy of the container {container.name!r} {what}"
    yield Fault(message, container.manifest, container["imagePullPolicy"])
