"""Nothing ends a hook that hangs.

## What it does
Reports Jobs that are hooks of Argo CD without activeDeadlineSeconds, on the job or on its pod.

## Why is this bad
The synchronisation waits for the hook, and everything after it: one migration that waits for a lock keeps
all that follows from being deployed, until somebody ends it by hand.

## Example
```yaml
metadata: {annotations: {argocd.argoproj.io/hook: PreSync}}
spec: {backoffLimit: 3, template: {}}
```

## Use instead
```yaml
metadata: {annotations: {argocd.argoproj.io/hook: PreSync}}
spec: {backoffLimit: 3, activeDeadlineSeconds: 600, template: {}}
```
"""

from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule

_HOOK = "argocd.argoproj.io/hook"
_DEADLINE = "activeDeadlineSeconds"


@rule(
    each=Manifest,
    kinds=("Job",),
    severity=Severity.WARNING,
    remediation="Set activeDeadlineSeconds to more than the hook ever takes.",
)
def check(manifest: Manifest) -> Iterator[Fault]:
    """Reports a hook without an end."""
    spec, hook = manifest.view["spec"], manifest.view["metadata"]["annotations"][_HOOK].text
    if hook and hook != "Skip" and not spec[_DEADLINE] and not spec["template"]["spec"][_DEADLINE]:
        yield Fault(f"nothing ends the {hook} hook when it hangs", manifest, spec[_DEADLINE])
