"""A sync wave is no integer.

## What it does
Reports the annotation `argocd.argoproj.io/sync-wave` where its text is not an integer.

## Why is this bad
Argo CD takes it for wave 0 without a word: the object comes before, or after, what it was meant to
follow.

## Example
```yaml
annotations: {argocd.argoproj.io/sync-wave: "1.5"}
```

## Use instead
```yaml
annotations: {argocd.argoproj.io/sync-wave: "2"}
```
"""

from collections.abc import Iterator

from tierpolicies.delivery.sync_annotations import WAVE, annotation, is_wave
from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.placeholders import has_placeholder
from tierpolicies.engine.rule import rule


@rule(each=Manifest, severity=Severity.ERROR, remediation='Write an integer in quotes, such as "-1".')
def check(manifest: Manifest) -> Iterator[Fault]:
    """Reports a wave that Argo CD reads as 0."""
    wave = annotation(manifest, WAVE)
    if isinstance(wave.value, str) and not is_wave(wave.text) and not has_placeholder(wave.text):
        yield Fault(f"the sync wave {wave.text!r} is no integer and counts as 0", manifest, wave)
