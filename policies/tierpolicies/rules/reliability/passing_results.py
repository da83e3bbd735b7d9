"""A Redis that holds results forgets them at a restart.

## What it does
Looks at what says, by the annotation or label `tierwright.dev/holds`, that it holds results, progress or a
token blacklist: a `redis.conf` that writes neither an append-only file nor snapshots, and a workload
without a volume that outlives its pod.

## Why is this bad
After a restart jobs that have been paid for have no result, and revoked tokens are valid again.

## Example
```
appendonly no
```

## Use instead
```
appendonly yes
```
"""

import re
from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.storage.stores import keeps, kept

_APPENDS = re.compile(r"^\s*appendonly\s+(\S+)", re.MULTILINE)
_SAVES = re.compile(r"^\s*save\s+(.*\S)", re.MULTILINE)


@rule(
    needs=("ConfigMap", "Pod"),
    severity=Severity.WARNING,
    remediation="Set `appendonly yes`, and put the file on a volume.",
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each instance that forgets."""
    for manifest in context.index.of_kind("ConfigMap"):
        conf = manifest.view["data"]["redis.conf"]
        if conf and kept(manifest) and not _writes(conf.text):
            yield Fault(f"{_told(manifest)} are not written to disk", manifest, conf)
    for workload in context.index.workloads:
        if kept(workload.manifest) and not keeps(workload.own) and not workload.finishes:
            message = f"{_told(workload.manifest)} have no volume that outlives the pod"
            yield Fault(message, workload.manifest, workload.pod["volumes"])


def _writes(conf: str) -> bool:
    """Whether Redis writes what it holds: to an append-only file, or snapshots, which none written sets."""
    appends, saves = _APPENDS.findall(conf), _SAVES.findall(conf)
    return bool(appends and appends[-1] == "yes") or bool(saves and saves[-1] not in ('""', "''"))


def _told(manifest: Manifest) -> str:
    return " and ".join(kept(manifest))
