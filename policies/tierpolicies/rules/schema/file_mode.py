"""The mode of mounted files is written in decimal, and reads like octal.

## What it does
Reports a `defaultMode` or `mode` of 400, 440, 444, 500, 404 or 504: YAML and JSON read these as decimal
numbers, so that 400 is 0620 and 440 is 0670. With a zero in front YAML reads octal.

## Why is this bad
Files are writable by their group and not readable by others, or the other way round: a program refuses its
key, or somebody else reads it.

## Example
```yaml
secret: {secretName: keys, defaultMode: 400}
```

## Use instead
```yaml
secret: {secretName: keys, defaultMode: 0400}
```
"""

from collections.abc import Iterator

from tierpolicies.documents.view import View
from tierpolicies.engine.finding import Fault, Fix, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Pod

_CONFUSED = frozenset({400, 404, 440, 444, 500, 504})
_SOURCES = ("secret", "configMap", "projected", "downwardAPI")


@rule(
    each=Pod,
    severity=Severity.WARNING,
    remediation="Write octal with a zero in front, or true decimal: 0400 is 256, 0440 is 288, 0444 is 292.",
)
def check(pod: Pod) -> Iterator[Fault]:
    """Reports each mode that most likely means another."""
    for volume in pod.spec["volumes"]:
        for name in _SOURCES:
            if name in volume.mapping:
                for mode in _modes(volume[name]):
                    if mode.integer in _CONFUSED:
                        message = f"the mode {mode.integer} is decimal, which is {mode.integer:04o} in octal"
                        fix = Fix(int(str(mode.integer), 8), pointer=mode.pointer)
                        yield Fault(message, pod.manifest, mode, fix=fix)


def _modes(source: View) -> Iterator[View]:
    yield source["defaultMode"]
    for item in source["items"]:
        yield item["mode"]
    for part in source["sources"]:
        for inner in part.values():
            for item in inner["items"]:
                yield item["mode"]
