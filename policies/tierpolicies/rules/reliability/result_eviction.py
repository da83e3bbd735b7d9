"""A Redis that holds results may evict them.

## What it does
Reads `maxmemory-policy` of the `redis.conf` in a ConfigMap that says, by the annotation or label
`tierwright.dev/holds`, what the instance holds; results, progress and a token blacklist need
`noeviction`.

## Why is this bad
Eviction is per instance: when memory is short, a result vanishes before the app has asked for it,
and a revoked token becomes valid again.

## Example
```
maxmemory-policy allkeys-lru
```

## Use instead
```
maxmemory-policy noeviction
```
"""

import re
from collections.abc import Iterator

from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.storage.stores import kept

_POLICY = re.compile(r"^\s*maxmemory-policy\s+(\S+)", re.MULTILINE)
_DEFAULT = "noeviction"


@rule(
    needs=("ConfigMap",),
    severity=Severity.ERROR,
    remediation="Set noeviction; keep caches in an instance of their own.",
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each instance that may evict what has to stay."""
    for manifest in context.index.of_kind("ConfigMap"):
        conf = manifest.view.at("data", "redis.conf")
        policies = _POLICY.findall(conf.text)
        policy = policies[-1] if policies else _DEFAULT
        held = kept(manifest)
        if conf and held and policy != _DEFAULT:
            yield Fault(f"{policy} may evict {' and '.join(held)}", manifest, conf)
