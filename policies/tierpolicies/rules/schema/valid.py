"""An object is not valid on a version of Kubernetes that must accept it.

## What it does
Validates every object against the schema of the cluster's version and of each later version known
here, with unknown fields refused; custom resources against strict schemas of their known fields.
All faults of an object are reported, each with the versions that refuse it.

## Why is this bad
The API server refuses the object, or drops an unknown field silently; a field or an API that a
later version no longer has stops the next upgrade.

## Example
```yaml
spec:
  replica: 2
```

## Use instead
```yaml
spec:
  replicas: 2
```
"""

from collections.abc import Iterator, Sequence

from tierpolicies.documents.yaml_source import pointer
from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule


@rule(severity=Severity.ERROR, remediation="Write the field as the Kubernetes API defines it.")
def check(context: Context) -> Iterator[Fault]:
    """Reports every fault of every object."""
    from tierpolicies.schemas.bundle import known  # noqa: PLC0415 (the schemas are read when used)
    from tierpolicies.schemas.validation import Validation  # noqa: PLC0415 (35 ms of jsonschema-rs)

    manifests = [each for each in context.index.manifests if known(*each.subject[:2])]
    validation = Validation(manifests, versions=context.versions)
    for manifest in manifests:
        if not manifest.name and not manifest.view.at("metadata", "generateName"):
            yield Fault("the object has no name", manifest, "/metadata")
        for invalid in validation.errors(manifest):
            at = pointer(invalid.path)
            told = _where(invalid.versions, context.versions)
            yield Fault(f"{invalid.message}{told}", manifest, at, key=invalid.key)


def _where(refusing: Sequence[str], versions: Sequence[str]) -> str:
    """The refusing versions in brackets, runs of them as ranges; empty for a custom resource."""
    if not refusing:
        return ""
    runs: list[list[str]] = []
    for version in versions:
        if version not in refusing:
            runs.append([])
        elif runs:
            runs[-1].append(version)
        else:
            runs.append([version])
    told = [run[0] if len(run) == 1 else f"{run[0]}\u2013{run[-1]}" for run in runs if run]
    return f" (Kubernetes {', '.join(told)})"
