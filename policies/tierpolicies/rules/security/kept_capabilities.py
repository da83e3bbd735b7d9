"""A container keeps capabilities that it need not have.

## What it does
Reports containers that do not drop ALL capabilities, and those that add another than
NET_BIND_SERVICE. Pod Security Standards, restricted: Capabilities. Those that the baseline level
refuses already are reported by `security/forbidden-capabilities`. Pods for Windows have none.

## Why is this bad
A runtime gives every container a dozen of root's powers. A process that is broken into uses them:
to change owners of files, to become another user, to send forged packets.

## Example
```yaml
securityContext: {capabilities: {drop: [NET_RAW], add: [CHOWN]}}
```

## Use instead
```yaml
securityContext: {capabilities: {drop: [ALL]}}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Container
from tierpolicies.rules.security.forbidden_capabilities import ALLOWED
from tierpolicies.workloads.security_context import RESTRICTED, settings

_HARMLESS = "NET_BIND_SERVICE"


@rule(
    each=Container,
    severity=Severity.WARNING,
    remediation="Drop ALL capabilities, and add NET_BIND_SERVICE only where a port below 1024 is served.",
    groups=RESTRICTED,
    known_as=("checkov:CKV_K8S_28", "checkov:CKV_K8S_37"),
)
def check(container: Container) -> Iterator[Fault]:
    """Reports a container that does not drop ALL, and each capability that it adds."""
    if container.pod.is_windows:
        return
    given = settings(container.view).get("capabilities")
    dropped = given.get("drop") if isinstance(given, dict) else None
    if not (isinstance(dropped, list) and "ALL" in dropped):
        message = f"the container {container.name!r} does not drop ALL capabilities"
        at = container.view.at("securityContext", "capabilities", "drop")
        yield Fault(message, container.manifest, at)
    if isinstance(given, dict) and given.get("add"):
        for capability in container.view.at("securityContext", "capabilities", "add"):
            name = capability.text
            if name in ALLOWED and name != _HARMLESS:
                message = f"the container {container.name!r} adds the capability {name}"
                yield Fault(message, container.manifest, capability)
