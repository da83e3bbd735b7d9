"""The data of a ConfigMap or Secret cannot be stored as it is written.

## What it does
Decodes what has to be base64: the `data` of a Secret and the `binaryData` of a ConfigMap. A key may not
stand in both `data` and `binaryData`. A Secret of a type of Kubernetes needs that type's keys:
kubernetes.io/tls `tls.crt` and `tls.key`, kubernetes.io/dockerconfigjson `.dockerconfigjson` with JSON in
it, kubernetes.io/ssh-auth `ssh-privatekey`, kubernetes.io/basic-auth `username` or `password`.

## Why is this bad
The API server refuses the object. Text that merely looks like base64 is decoded to bytes nobody wrote.

## Example
```yaml
kind: Secret
data: {password: not-in-base64}
```

## Use instead
```yaml
kind: Secret
stringData: {password: not-in-base64}
```
"""

import json
from base64 import b64decode
from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule

_REQUIRED = {
    "kubernetes.io/tls": ("tls.crt", "tls.key"),
    "kubernetes.io/dockerconfigjson": (".dockerconfigjson",),
    "kubernetes.io/dockercfg": (".dockercfg",),
    "kubernetes.io/ssh-auth": ("ssh-privatekey",),
}
_BASIC = "kubernetes.io/basic-auth"
_JSON = (".dockerconfigjson", ".dockercfg")


@rule(
    each=Manifest,
    kinds=("ConfigMap", "Secret"),
    severity=Severity.ERROR,
    remediation="Write base64, or the plain text under stringData or data, and the keys that the type needs.",
)
def check(manifest: Manifest) -> Iterator[Fault]:
    """Reports data that cannot be stored."""
    if manifest.group:
        return
    is_secret = manifest.kind == "Secret"
    for key, value in manifest.view["data" if is_secret else "binaryData"].items():
        if value.text and _decoded(value) is None:
            instead = "stringData" if is_secret else "data"
            yield Fault(f"{key} is not base64; plain text belongs under {instead}", manifest, value)
    if is_secret:
        yield from _of_type(manifest)
    else:
        for key, value in manifest.view["binaryData"].items():
            if key in manifest.view["data"].mapping:
                yield Fault(f"the key {key} stands in data too", manifest, value, key=True)


def _of_type(manifest: Manifest) -> Iterator[Fault]:
    kind, data, plain = (manifest.view[name] for name in ("type", "data", "stringData"))
    for key in _REQUIRED.get(kind.text, ()):
        if key not in data.mapping and key not in plain.mapping:
            yield Fault(f"a Secret of the type {kind.text} needs the key {key}", manifest, kind, detail=key)
        elif key in _JSON:
            text = plain[key].text or (_decoded(data[key]) or b"").decode("utf-8", "replace")
            if text and not _is_json(text):
                yield Fault(f"{key} does not hold JSON", manifest, plain[key] or data[key])
    if kind.text == _BASIC and not {*data.mapping, *plain.mapping} & {"username", "password"}:
        yield Fault(f"a Secret of the type {kind.text} needs the key username or password", manifest, kind)


def _decoded(value: View) -> bytes | None:
    try:
        return b64decode(value.text.replace("\n", "").replace("\r", ""), validate=True)
    except ValueError:
        return None


def _is_json(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False
