"""Pods restart in a way that what makes them does not allow.

## What it does
Compares `restartPolicy` with the kind: pods of a Job or CronJob restart OnFailure or Never and must say
so, since the default is Always; pods of all others restart Always.

## Why is this bad
The API server refuses the object.

## Example
```yaml
kind: Job
spec: {template: {spec: {containers: [{name: migrate, image: migrate}]}}}
```

## Use instead
```yaml
kind: Job
spec: {template: {spec: {restartPolicy: OnFailure, containers: [{name: migrate, image: migrate}]}}}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule


@rule(
    severity=Severity.ERROR,
    remediation="Write restartPolicy OnFailure or Never for a Job, and Always, or nothing, for others.",
    known_as=("kube-score:cronjob-restartpolicy", "kube-linter:restart-policy"),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each policy that the kind does not allow."""
    return context.verdicts.of("restart-policy")
