"""A container may run as root.

## What it does
Reports containers for which neither they nor their pod set `runAsNonRoot: true`, and whoever sets it
to false. Pod Security Standards, restricted: Running as Non-root; from Kubernetes 1.35 on they except
pods with users of their own (`hostUsers: false`).

## Why is this bad
Root in a container is root on the node as soon as a single wall has a hole, and meanwhile owns every
file and every mounted volume. With runAsNonRoot the kubelet refuses an image that runs as root.

## Example
```yaml
securityContext: {}
```

## Use instead
```yaml
securityContext: {runAsNonRoot: true, runAsUser: 10001}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Pod
from tierpolicies.workloads.security_context import RESTRICTED, has_own_users, minor, settings


@rule(
    severity=Severity.WARNING,
    remediation="Set runAsNonRoot to true, and runAsUser to a number that the image can run as.",
    groups=RESTRICTED,
    known_as=("kube-linter:run-as-non-root", "polaris:runAsRootAllowed", "checkov:CKV_K8S_23"),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each container that may run as root, and a pod that says it may."""
    knows_users = minor(context) >= 35
    for workload in context.index.workloads:
        if not (knows_users and has_own_users(workload.own)):
            yield from _faults(workload.own)


def _faults(pod: Pod) -> Iterator[Fault]:
    of_pod = settings(pod.spec).get("runAsNonRoot")
    if of_pod is False:
        at = pod.spec.at("securityContext", "runAsNonRoot")
        yield Fault("the pod says that its containers may run as root", pod.manifest, at)
    for container in pod.containers:
        own = settings(container.view).get("runAsNonRoot")
        if own is False:
            message = f"the container {container.name!r} says that it may run as root"
        elif own is None and of_pod is None:
            message = f"neither the pod nor the container {container.name!r} sets runAsNonRoot"
        else:
            continue
        yield Fault(message, pod.manifest, container.view.at("securityContext", "runAsNonRoot"))
