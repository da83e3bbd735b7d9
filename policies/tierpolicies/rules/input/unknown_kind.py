"""No schema is known for an object's kind.

## What it does
Reports objects whose kind neither any bundled version of Kubernetes nor a schema for custom
resources knows.

## Why is this bad
Such an object is not checked at all: a misspelt kind, or a field nobody reads, would pass unseen.

## Example
```yaml
apiVersion: apps/v1
kind: Deploymnet
```

## Use instead
```yaml
apiVersion: apps/v1
kind: Deployment
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.suggestion import nearest


@rule(
    severity=Severity.ERROR,
    remediation="Correct apiVersion and kind, or add a schema for this custom resource.",
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each object of a kind without a schema."""
    from tierpolicies.schemas.bundle import bundle, custom_kinds, known  # noqa: PLC0415 (5 ms)

    for manifest in context.index.manifests:
        api_version, kind = manifest.subject[:2]
        if not known(api_version, kind):
            all_kinds = [*bundle().kinds, *custom_kinds()]
            hint = nearest(f"{api_version}/{kind}", all_kinds)
            yield Fault(f"no schema knows {api_version}/{kind}{hint}", manifest, "/kind")
