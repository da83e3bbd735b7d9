"""A container is killed before it is asked to stop.

## What it does
Adds up what a preStop hook sleeps, by its own action or by the command, and compares it with the pod's
terminationGracePeriodSeconds (30 where none is written).

## Why is this bad
The grace period begins with the hook: when the hook has used it up, the process gets no time to finish what
it has in hand, and is killed.

## Example
```yaml
terminationGracePeriodSeconds: 30
lifecycle: {preStop: {exec: {command: [sleep, "60"]}}}
```

## Use instead
```yaml
terminationGracePeriodSeconds: 90
lifecycle: {preStop: {exec: {command: [sleep, "60"]}}}
```
"""

import re
from collections.abc import Iterator

from tierpolicies.documents.view import View
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Container

_SLEEP = re.compile(r"(?:^|[\s;&|/(])sleep\s+(\d{1,6})([smh]?)(?![\w.])")
_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600}
_GRACE = 30


@rule(
    each=Container,
    severity=Severity.WARNING,
    remediation="Raise terminationGracePeriodSeconds beyond what the hook and the process need together.",
)
def check(container: Container) -> Iterator[Fault]:
    """Reports a hook that uses up the grace period."""
    hook = container["lifecycle"]["preStop"]
    if not hook:
        return
    slept = _slept(hook)
    grace = container.pod.spec["terminationGracePeriodSeconds"].integer
    seconds = _GRACE if grace is None else grace
    if slept and slept >= seconds:
        message = f"preStop of {container.name!r} sleeps {slept} of {seconds} seconds of grace"
        yield Fault(message, container.manifest, hook)


def _slept(hook: View) -> int:
    """Seconds that a hook waits."""
    action = hook["sleep"]["seconds"].integer
    if action is not None:
        return action
    command = " ".join(word.text for word in hook["exec"]["command"])[:2000]
    return sum(int(number) * _UNITS[unit] for number, unit in _SLEEP.findall(command))
