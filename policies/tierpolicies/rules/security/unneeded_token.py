"""A pod carries a token for the API server, and nothing says what for.

## What it does
Reports pods with `automountServiceAccountToken` neither false of their own nor of their
ServiceAccount, if no binding gives the account a role. Accounts that are not among the manifests may be
bound elsewhere: of those only `default` is judged. Pods that get secrets from Vault's injector need it.

## Why is this bad
Whoever gets into the container asks the API server in the pod's name. By itself that is little, until
somebody binds the account to a role.

## Example
```yaml
spec: {containers: [{name: web, image: "ghcr.io/shop/web:1.4.2"}]}
```

## Use instead
```yaml
spec: {automountServiceAccountToken: false, containers: [{name: web, image: "ghcr.io/shop/web:1.4.2"}]}
```
"""

from collections.abc import Iterator

from tierpolicies.access.roles import BINDINGS
from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Fix, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Workload
from tierpolicies.workloads.service_accounts import DEFAULT, account_of, bound

_MOUNTS = "automountServiceAccountToken"
_INJECTORS = ("vault.hashicorp.com/agent-inject", "conjur.org/inject")


@rule(
    severity=Severity.WARNING,
    remediation=f"Set {_MOUNTS} to false, or bind the account to the role that the pod needs.",
    rests_on=(*BINDINGS, "ServiceAccount"),
    known_as=("polaris:automountServiceAccountToken", "checkov:CKV_K8S_38", "checkov:CKV_K8S_41"),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each pod with a token that nobody needs."""
    needed = bound(context.index)
    for workload in context.index.workloads:
        setting = workload.pod[_MOUNTS]
        if setting.value is False:
            continue
        name, _ = account_of(workload.own)
        if needed.includes(workload.manifest.namespace, name) or _is_injected(workload):
            continue
        account = context.index.find("ServiceAccount", name, workload.manifest.namespace)
        if account is None and name != DEFAULT:
            continue
        if setting.value is not True and account is not None and account.view[_MOUNTS].value is False:
            continue
        fix = Fix(value=False, pointer=setting.pointer) if setting.value is True else None
        message = f"the token of the account {name} is mounted, and no binding gives the account a role"
        yield Fault(message, workload.manifest, setting, fix=fix)


def _is_injected(workload: Workload) -> bool:
    return any(workload.own.annotations[key].text == "true" for key in _INJECTORS)
