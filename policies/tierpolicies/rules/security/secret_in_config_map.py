"""A ConfigMap holds a secret in clear text.

## What it does
Reports values that are a secret by their looks or by the name of their key, and in files of settings
(`.conf`, `.yaml`, `.json`, `.env`, …) the lines and members that are one by their name.

## Why is this bad
A ConfigMap is for what everybody may know: whoever may look at a namespace reads it, and it is not
encrypted where the API server keeps it. In git it stands for ever.

## Example
```yaml
data: {app.properties: "db.password=correct-horse-battery"}
```

## Use instead
```yaml
data: {app.properties: "db.password.file=/run/secrets/database/password"}
```
"""

from collections.abc import Iterator

from tierpolicies.access.credentials.named import given_away
from tierpolicies.access.credentials.texts import held
from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule


@rule(
    each=Manifest,
    kinds=("ConfigMap",),
    severity=Severity.ERROR,
    remediation="Revoke it, keep the new one in a Secret made outside of git, and mount that.",
    known_as=("polaris:sensitiveConfigmapContent",),
)
def check(manifest: Manifest) -> Iterator[Fault]:
    """Reports each secret in the map's values and files."""
    for key, view in manifest.view["data"].items():
        text = view.text
        if "\n" not in text.strip() and "." not in key and (what := given_away(key, text)):
            yield Fault(f"{key} holds {what} in clear text", manifest, view)
            continue
        for what, offset, name in held(key, text):
            where = f"{key}, by the name {name}," if name else key
            message = f"{where} holds {what} in clear text"
            yield Fault(message, manifest, view, offset=offset, detail=name or what)
