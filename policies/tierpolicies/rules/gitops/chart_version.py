"""A chart is not pinned to a version.

## What it does
Reports sources with a `chart` whose `targetRevision` is missing, `*`, `HEAD`, a range or a part of a
version, in Applications and ApplicationSets. A whole version (`1.2.3`, `v1.2.3-rc.1`) or a digest passes.

## Why is this bad
Argo CD takes the newest chart that fits whenever it looks: a release of strangers is rolled out in the
middle of the night, with nothing in git that says so and no commit to revert.

## Example
```yaml
source: {repoURL: https://charts.example.org, chart: web, targetRevision: 4.*}
```

## Use instead
```yaml
source: {repoURL: https://charts.example.org, chart: web, targetRevision: 4.2.1}
```
"""

import re
from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View
from tierpolicies.engine.applications import template
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.placeholders import has_placeholder
from tierpolicies.engine.rule import rule

_PINNED = re.compile(r"v?\d+\.\d+\.\d+([-+][0-9A-Za-z.+-]+)?|sha256:[0-9a-f]{64}", re.ASCII)


@rule(
    each=Manifest,
    kinds=("Application", "ApplicationSet"),
    severity=Severity.WARNING,
    remediation="Set targetRevision to one version of the chart, such as 4.2.1.",
)
def check(manifest: Manifest) -> Iterator[Fault]:
    """Reports each chart whose version may change by itself."""
    found = template(manifest)
    for source in found.sources if found is not None else ():
        revision = source["targetRevision"]
        if source["chart"].text and not _is_pinned(revision):
            told = f"{revision.text!r}, which is no exact version" if revision.text else "no version"
            yield Fault(f"the chart {source['chart'].text} has {told}", manifest, revision)


def _is_pinned(revision: View) -> bool:
    """Whether a revision is one version, or is filled in by something else."""
    if revision and not isinstance(revision.value, str):
        return True  # the schema's concern
    return _PINNED.fullmatch(revision.text) is not None or has_placeholder(revision.text)
