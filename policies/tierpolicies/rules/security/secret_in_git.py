"""A Secret stands among the manifests, with its values.

## What it does
Reports each value of a Secret, in `data` or `stringData`, that may be one: not placeholders,
references, encrypted values (sops), user names, addresses, certificates and public keys. Tokens of
service accounts are reported by `security/service-account-secret`.

## Why is this bad
Base64 hides nothing: the secret stands in git for ever, for whoever may read it.

## Example
```yaml
{apiVersion: v1, kind: Secret, metadata: {name: database}, stringData: {password: correct-horse}}
```

## Use instead
```yaml
{apiVersion: external-secrets.io/v1, kind: ExternalSecret, metadata: {name: database}}
```
"""

from base64 import b64decode
from collections.abc import Iterator

from tierpolicies.access.credentials.formats import known
from tierpolicies.access.credentials.names import meaning, words
from tierpolicies.access.credentials.values import is_harmless
from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule

_TOKEN = "kubernetes.io/service-account-token"  # noqa: S105 (a type's name)
_OPEN = frozenset(
    {
        *(
            "username",
            "user",
            "login",
            "email",
            "host",
            "hostname",
            "address",
            "port",
            "url",
            "uri",
            "endpoint",
        ),
        *("server", "database", "dbname", "db", "name", "namespace", "type", "region", "project", "bucket"),
        *(
            "crt",
            "cert",
            "ca",
            "pem",
            "pub",
            "certificate",
            "hosts",
            "id",
            "arn",
            "enabled",
            "insecure",
            "realm",
        ),
    }
)
"""Last words of keys whose values are no secret, unless they look like one."""


@rule(
    each=Manifest,
    kinds=("Secret",),
    severity=Severity.WARNING,
    remediation="Revoke it, and let a controller make the Secret: External Secrets, Sealed Secrets or sops.",
)
def check(manifest: Manifest) -> Iterator[Fault]:
    """Reports each value that may be a secret."""
    view = manifest.view
    if manifest.group or view["type"].text == _TOKEN or view["sops"]:
        return
    for key, value in view["stringData"].items():
        yield from _faults(manifest, key, value, value.text)
    for key, value in view["data"].items():
        yield from _faults(manifest, key, value, _decoded(value.text))


def _faults(manifest: Manifest, key: str, value: View, text: str) -> Iterator[Fault]:
    what = next((what for what, _ in known(text)), "")
    if not what:
        meant = meaning(key)
        is_open = not meant and words(key)[-1:] and words(key)[-1] in _OPEN
        if is_open or is_harmless(text, may_be_number=meant == "a password"):
            return
        what = meant or "a value"
    yield Fault(f"the key {key} holds {what} for all who read the file", manifest, value)


def _decoded(text: str) -> str:
    """The value behind base64, or nothing where it is none."""
    try:
        return b64decode("".join(text.split()), validate=True).decode(errors="replace")
    except ValueError:
        return ""
