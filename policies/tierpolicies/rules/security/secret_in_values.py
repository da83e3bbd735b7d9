"""The values of a Helm chart hold a secret in clear text.

## What it does
Reads the values and parameters that an Argo CD Application or a Flux HelmRelease gives to a chart, and
reports secrets by their looks or by their names.

## Why is this bad
It stands in git for ever, and in the Application for whoever may look at it.

## Example
```yaml
helm: {valuesObject: {grafana: {adminPassword: correct-horse-battery}}}
```

## Use instead
```yaml
helm: {valuesObject: {grafana: {admin: {existingSecret: grafana-admin}}}}
```
"""

from collections.abc import Iterator

from tierpolicies.access.credentials.named import given_away
from tierpolicies.access.credentials.texts import held
from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule


@rule(
    each=Manifest,
    kinds=("Application", "HelmRelease"),
    severity=Severity.ERROR,
    remediation="Revoke it, and let the chart refer to a Secret that is made outside of git.",
)
def check(manifest: Manifest) -> Iterator[Fault]:
    """Reports each secret among the values."""
    spec = manifest.view["spec"]
    if manifest.kind == "HelmRelease":
        yield from _in_values(manifest, spec["values"])
        return
    for source in (spec["source"], *spec["sources"]):
        helm = source["helm"]
        yield from _in_values(manifest, helm["valuesObject"])
        for parameter in helm["parameters"]:
            yield from _in_value(manifest, parameter["name"].text, parameter["value"])
        for what, offset, name in held("values.yaml", helm["values"].text):
            message = f"the chart's value {name or 'here'} is {what} in clear text"
            yield Fault(message, manifest, helm["values"], offset=offset, detail=name or what)


def _in_values(manifest: Manifest, values: View) -> Iterator[Fault]:
    for key, value in values.items():
        yield from _in_value(manifest, key, value)
        yield from _in_values(manifest, value)
    for item in values:
        yield from _in_values(manifest, item)


def _in_value(manifest: Manifest, key: str, value: View) -> Iterator[Fault]:
    if value.text and (what := given_away(key, value.text)):
        yield Fault(f"the chart's value {key} is {what} in clear text", manifest, value)
