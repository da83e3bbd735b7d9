"""A pod acts in the name of its namespace's default ServiceAccount.

## What it does
Reports pods that name no ServiceAccount, or `default`, unless they mount no token at all. The rule is
optional: `security/unneeded-token` finds the harm in it.

## Why is this bad
Whatever is once granted to the default account is granted to all pods that name none, those to come
too.

## Example
```yaml
spec: {serviceAccountName: default}
```

## Use instead
```yaml
spec: {serviceAccountName: web}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Pod
from tierpolicies.workloads.service_accounts import DEFAULT, account_of


@rule(
    each=Pod,
    severity=Severity.WARNING,
    remediation="Make a ServiceAccount for the application, and name it in serviceAccountName.",
    optional=True,
    known_as=("kube-linter:default-service-account",),
)
def check(pod: Pod) -> Iterator[Fault]:
    """Reports a pod of the default account."""
    name, view = account_of(pod)
    if name == DEFAULT and pod.spec["automountServiceAccountToken"].value is not False:
        message = "the pod uses the default ServiceAccount" + ("" if view else ", since it names none")
        yield Fault(message, pod.manifest, view)
