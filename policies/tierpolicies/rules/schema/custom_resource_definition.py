"""A CustomResourceDefinition cannot be used.

## What it does
Checks what the published schema of definitions leaves open: the name is `<plural>.<group>`; exactly one
version is stored; each has a schema, which is structural: a type for every field, item and value, no
`properties` beside `additionalProperties`, no `$ref`, no unknown type, and items for every list.

## Why is this bad
The API server refuses the definition, and with it every resource of its kind. What such a definition
leaves open is not checked in its resources either.

## Example
```yaml
openAPIV3Schema: {type: object, properties: {spec: {properties: {size: {type: int}}}}}
```

## Use instead
```yaml
openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {size: {type: integer}}}}}
```
"""

from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule


@rule(
    each=Manifest,
    kinds=("CustomResourceDefinition",),
    severity=Severity.ERROR,
    remediation="Write the definition as apiextensions.k8s.io/v1 asks for it.",
)
def check(manifest: Manifest) -> Iterator[Fault]:
    """Reports what the API server would refuse of a definition."""
    from tierpolicies.schemas.structure import faults  # noqa: PLC0415 (only for definitions)

    if manifest.subject.api_version != "apiextensions.k8s.io/v1":
        return  # schema/removed-api tells
    spec = manifest.view["spec"]
    plural, group = spec.at("names", "plural").text, spec["group"].text
    if plural and group and manifest.name and manifest.name != f"{plural}.{group}":
        message = f"the name {manifest.name!r} is not {plural}.{group}"
        yield Fault(message, manifest, "/metadata/name")
    versions = list(spec["versions"])
    stored = [each for each in versions if each["storage"].value is True]
    if versions and len(stored) != 1:
        yield Fault(f"{len(stored)} versions are stored; it must be one", manifest, spec["versions"])
    seen: set[str] = set()
    for version in versions:
        name = version["name"]
        if name.text and name.text in seen:
            yield Fault(f"another version is called {name.text} too", manifest, name)
        seen.add(name.text)
        schema = version.at("schema", "openAPIV3Schema")
        if not schema:
            yield Fault(f"the version {name.text} has no schema", manifest, schema)
        for path, told in faults(schema.value, schema.path):
            yield Fault(told, manifest, path)
