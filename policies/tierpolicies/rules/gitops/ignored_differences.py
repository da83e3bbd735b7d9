"""An Application ignores differences of an object that it does not apply.

## What it does
Looks up the objects that `ignoreDifferences` names among those that the Application's own folders hold, by
kind, name and namespace. Applications with a chart or a folder elsewhere are left out.

## Why is this bad
The exception does nothing: the field that was to be left alone is set back with every sync.

## Example
```yaml
ignoreDifferences: [{group: apps, kind: Deployment, name: wbe, jsonPointers: [/spec/replicas]}]
```

## Use instead
```yaml
ignoreDifferences: [{group: apps, kind: Deployment, name: web, jsonPointers: [/spec/replicas]}]
```
"""

from collections import defaultdict
from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View
from tierpolicies.engine.applications import Owners, Sources, templates
from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.suggestion import nearest


@rule(
    severity=Severity.WARNING,
    remediation="Name an object that the Application applies, or drop the entry.",
    needs=("Application",),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each entry that is for nothing."""
    found = [each for each in templates(context.index) if any(each.spec["ignoreDifferences"])]
    if not found:
        return
    sources = Sources(context.tree, is_whole=context.platform is not None)
    whole = {id(each.application) for each in sources if each.folder is not None}
    owners = Owners(sources)
    applied: dict[int, list[Manifest]] = defaultdict(list)
    for manifest in context.index.manifests:
        for application in owners.of(manifest.file):
            applied[id(application)].append(manifest)
    for each in found:
        held = applied.get(id(each.manifest), [])
        if id(each.manifest) not in whole or not held or len(list(each.sources)) > 1:
            continue
        for entry in each.spec["ignoreDifferences"]:
            yield from _unmatched(each.manifest, entry, held)


def _unmatched(application: Manifest, entry: View, held: list[Manifest]) -> Iterator[Fault]:
    kind, name, namespace = (entry[field].text for field in ("kind", "name", "namespace"))
    if "*" in (kind, name, namespace) or not kind:
        return
    alike = [each for each in held if each.kind == kind and each.group == entry["group"].text]
    if name and not any(each.name == name for each in alike):
        hint = nearest(name, [each.name for each in alike])
        yield Fault(f"{application.name} applies no {kind} {name!r}{hint}", application, entry["name"])
    elif not alike:
        group = entry["group"].text or "the core group"
        yield Fault(f"{application.name} applies no {kind} of {group}", application, entry["kind"])
    elif namespace and not any(each.namespace in ("", namespace) for each in alike):
        message = f"{application.name} applies no {kind} in the namespace {namespace}"
        yield Fault(message, application, entry["namespace"])
