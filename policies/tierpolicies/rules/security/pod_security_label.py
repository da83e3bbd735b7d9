"""A namespace asks for a level of pod security that there is not.

## What it does
Reads the labels `pod-security.kubernetes.io/…` of namespaces: levels are privileged, baseline and
restricted, versions `latest` or `v1.28`; the modes are enforce, audit and warn.

## Why is this bad
The API server refuses a namespace with a wrong level; of a wrong mode nothing is said, and nothing is
enforced.

## Example
```yaml
labels: {pod-security.kubernetes.io/enforce: restrict}
```

## Use instead
```yaml
labels: {pod-security.kubernetes.io/enforce: restricted}
```
"""

import re
from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.suggestion import nearest

_PREFIX = "pod-security.kubernetes.io/"
_LEVELS = ("privileged", "baseline", "restricted")
_MODES = ("enforce", "audit", "warn")
_KEYS = (*_MODES, *(f"{mode}-version" for mode in _MODES))
_VERSION = re.compile(r"latest|v1\.(?:0|[1-9]\d*)")


@rule(
    each=Manifest,
    kinds=("Namespace",),
    severity=Severity.ERROR,
    remediation="Write one of the levels privileged, baseline and restricted, and a version such as v1.28.",
)
def check(manifest: Manifest) -> Iterator[Fault]:
    """Reports each label that Kubernetes does not understand."""
    for key, view in manifest.view.at("metadata", "labels").items():
        if not key.startswith(_PREFIX):
            continue
        name, value = key.removeprefix(_PREFIX), view.text
        if name not in _KEYS:
            yield Fault(f"there is no mode {name!r}{nearest(name, _KEYS)}", manifest, view, key=True)
        elif name in _MODES and value not in _LEVELS:
            yield Fault(f"{name} is {value!r}, no level{nearest(value, _LEVELS)}", manifest, view)
        elif name not in _MODES and not _VERSION.fullmatch(value):
            yield Fault(f"{name} is {value!r}, no version", manifest, view)
