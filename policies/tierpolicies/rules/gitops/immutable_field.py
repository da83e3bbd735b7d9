"""A field is changed that cannot be changed.

## What it does
Compares objects with what they were in the base: selectors and templates of workloads, claims (storage
may grow), addresses of Services, StorageClasses, roleRef of bindings, values of PriorityClasses, data of
immutable Secrets and ConfigMaps. Hooks and objects with `Replace=true` or `Force=true` are made anew.

## Why is this bad
The API server refuses the object (`field is immutable`), the sync fails, and with it everything that the
change was about.

## Example
```yaml
kind: Deployment
spec: {selector: {matchLabels: {app: shop-web}}}   # was {app: web}
```

## Use instead
A new object under another name, and the old one removed when nobody uses it.
"""

from collections.abc import Iterator, Mapping

from tierpolicies.delivery.former import IMMUTABLE, Former
from tierpolicies.delivery.sync_annotations import HOOK, OPTIONS, annotation, words
from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.nodes import Value
from tierpolicies.engine.context import BASE, Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.quantity import QuantityError, parse_bytes

_ANEW = frozenset(("Replace=true", "Force=true"))


@rule(
    severity=Severity.ERROR,
    remediation="Take the old value back, or make a new object under another name.",
    needs=(BASE,),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each change that the API server refuses."""
    if context.base_index is None:
        return
    former = Former(context.base_index)
    for manifest in context.index.of_kind(*IMMUTABLE):
        before = former.of(manifest)
        if before is not None and before.value != manifest.value and not _is_made_anew(manifest):
            yield from _changed(manifest, before)


def _is_made_anew(manifest: Manifest) -> bool:
    options = {word.text for word in words(annotation(manifest, OPTIONS).text)}
    return bool(annotation(manifest, HOOK)) or not _ANEW.isdisjoint(options)


def _changed(manifest: Manifest, before: Manifest) -> Iterator[Fault]:
    if manifest.kind in ("ConfigMap", "Secret") and before.view["immutable"].value is not True:
        fields: Mapping[str, Value] = {"type": "Opaque"} if manifest.kind == "Secret" else {}
    else:
        fields = IMMUTABLE[manifest.kind]
    for field, default in fields.items():
        view, old = (each.view.at(*field.split("/")) for each in (manifest, before))
        if _or(view.value, default) == _or(old.value, default):
            continue
        if manifest.kind in ("PersistentVolumeClaim", "Service") and not (view and old):
            continue  # the cluster has filled it in
        told = (
            f" from {old.value!r} to {view.value!r}" if _is_short(old.value) and _is_short(view.value) else ""
        )
        name = field.replace("/", ".")
        message = f"{name} of a {manifest.kind} cannot be changed{told}"
        yield Fault(message, manifest, view, detail=field)
    if manifest.kind == "PersistentVolumeClaim":
        yield from _shrunk(manifest, before)


def _or(value: Value, default: Value) -> Value:
    return default if value is None or value == "" else value


def _is_short(value: Value) -> bool:
    return isinstance(value, (str, int)) and len(str(value)) <= 60


def _shrunk(manifest: Manifest, before: Manifest) -> Iterator[Fault]:
    view, old = (each.view.at("spec", "resources", "requests", "storage") for each in (manifest, before))
    try:
        if parse_bytes(view.value) < parse_bytes(old.value):
            message = f"a claim cannot shrink, and this one does from {old.value} to {view.value}"
            yield Fault(message, manifest, view)
    except QuantityError:
        return
