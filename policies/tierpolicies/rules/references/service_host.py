"""A host name leads to a Service that is not there.

## What it does
Looks for names such as `web.shop.svc` in the variables, commands and arguments of containers and in
ConfigMaps, and looks their Services up, where the tree has Services or workloads of that namespace. Where a
chart or an operator may make the Service nothing is said.

## Why is this bad
The name is not resolved: whoever connects to it fails, or waits for ever.

## Example
```yaml
env: [{name: DATABASE_URL, value: "postgresql://dta.shop.svc:5432/shop"}]   # beside a Service data
```

## Use instead
```yaml
env: [{name: DATABASE_URL, value: "postgresql://data.shop.svc:5432/shop"}]
```
"""

import re
from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View
from tierpolicies.engine.context import PODS, Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.index import Index
from tierpolicies.engine.outside import BRINGERS
from tierpolicies.engine.rule import rule
from tierpolicies.traffic.service_ports import Named, unserved

_MARK = ".svc"
_NAME = "[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?"
_HOST = re.compile(
    r"(?<![-a-zA-Z0-9_})>%])(" + _NAME + r")\.(" + _NAME + r")\.svc(?=\.cluster\.local|\.?(?:[^-.\w]|$))"
)
"""A Service and its namespace; what a placeholder stands right before is but the end of a name."""


@rule(
    needs=(PODS, "ConfigMap"),
    severity=Severity.WARNING,
    remediation="Name a Service that there is, and its namespace.",
    rests_on=("Service", PODS, *BRINGERS),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each name of a Service that is missing."""
    for manifest, text in _texts(context.index):
        for match in _HOST.finditer(text.text):
            name, namespace = View(match[1], text.path), match[2]
            for fault in unserved(context, Named(manifest, name, View(None), namespace)):
                yield Fault(
                    fault.message,
                    manifest,
                    text,
                    offset=match.start(),
                    detail=match[0],
                    severity=fault.severity,
                )


def _texts(index: Index) -> Iterator[tuple[Manifest, View]]:
    """The texts that may hold a host name of the cluster; most do not, and cost one look."""
    for workload in index.workloads:
        for container in workload.containers:
            for field in ("command", "args"):
                yield from ((workload.manifest, each) for each in container[field] if _MARK in each.text)
            for variable in container["env"]:
                if _MARK in variable["value"].text:
                    yield workload.manifest, variable["value"]
    for manifest in index.of_kind("ConfigMap"):
        yield from ((manifest, text) for text in manifest.view["data"].values() if _MARK in text.text)
