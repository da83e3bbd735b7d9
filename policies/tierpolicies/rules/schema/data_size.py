"""A ConfigMap, a Secret or the annotations of an object are larger than the API server takes.

## What it does
Adds up the data of ConfigMaps and Secrets, decoded where they are in base64, which may have 1 MiB, and the
annotations of every object, which may have 256 KiB.

## Why is this bad
The API server refuses the object. A ConfigMap above 256 KiB already cannot be applied by a client, which
keeps a copy of it in an annotation.

## Example
A ConfigMap that holds a dashboard of 2 MiB.

## Use instead
Several ConfigMaps, or an image or a volume that holds the file.
"""

from collections.abc import Iterable, Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.nodes import Value
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.quantity import bytes_text

_DATA = 1 << 20
_ANNOTATIONS = 1 << 18
_ENCODED = {"ConfigMap": ("binaryData",), "Secret": ("data",)}
_PLAIN = {"ConfigMap": ("data",), "Secret": ("stringData",)}


@rule(
    each=Manifest,
    severity=Severity.ERROR,
    remediation="Split the object, or keep the data in an image, a volume or a store.",
)
def check(manifest: Manifest) -> Iterator[Fault]:
    """Reports each object that is too large."""
    metadata = manifest.value.get("metadata")
    annotations = metadata.get("annotations") if isinstance(metadata, dict) else None
    if isinstance(annotations, dict):
        size = sum(map(len, annotations)) + _size(annotations.values())
        if size > _ANNOTATIONS:
            message = f"the annotations have {bytes_text(size)}, more than {bytes_text(_ANNOTATIONS)}"
            yield Fault(message, manifest, "/metadata/annotations")
    if manifest.kind in _PLAIN and not manifest.group:
        value = manifest.value
        plain = sum(_size(_values(value.get(field))) for field in _PLAIN[manifest.kind])
        encoded = sum(_size(_values(value.get(field))) for field in _ENCODED[manifest.kind])
        if (size := plain + encoded * 3 // 4) > _DATA:
            message = f"the data has {bytes_text(size)}, more than {bytes_text(_DATA)}"
            yield Fault(message, manifest, manifest.view["data"])


def _values(mapping: Value) -> Iterable[Value]:
    return mapping.values() if isinstance(mapping, dict) else ()


def _size(values: Iterable[Value]) -> int:
    return sum(
        len(each) if each.isascii() else len(each.encode("utf-8", "surrogatepass"))
        for each in values
        if isinstance(each, str)
    )
