"""An ApplicationSet makes no Application, or always the same.

## What it does
Reports ApplicationSets without a generator, with a name that holds no parameter although the generators may
give several, and with parameters that the elements of its only generator, a list, do not have.

## Why is this bad
Without a generator all its Applications are deleted. Several of one name are refused. A parameter that is not
there stays in the text as it is, or leaves a hole.

## Example
```yaml
generators: [{list: {elements: [{team: shop}, {team: store}]}}]
template: {metadata: {name: app}}
```

## Use instead
```yaml
generators: [{list: {elements: [{team: shop}, {team: store}]}}]
template: {metadata: {name: "{{team}}"}}
```
"""

import json
import re
from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View
from tierpolicies.engine.applications import GROUP
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.suggestion import nearest

_PARAMETER = re.compile(r"\{\{-?\s*(\.?)([\w-]+)(?:[.\w-]*)\s*-?\}\}")


@rule(
    each=Manifest,
    kinds=("ApplicationSet",),
    severity=Severity.ERROR,
    remediation="Give it generators, and a name and parameters that these fill.",
)
def check(manifest: Manifest) -> Iterator[Fault]:
    """Reports what keeps the set from making its Applications."""
    spec = manifest.view["spec"]
    if manifest.group != GROUP:
        return
    generators = list(spec["generators"])
    if not generators:
        yield Fault("it has no generator, and makes no Application", manifest, spec["generators"])
        return
    name = spec.at("template", "metadata", "name")
    elements = list(generators[0].at("list", "elements"))
    is_one = len(generators) == 1 and bool(generators[0]["list"]) and len(elements) < 2
    if name.text and "{{" not in name.text and not is_one:
        yield Fault(f"all its Applications are called {name.text!r}", manifest, name)
    if len(generators) == 1 and elements and not generators[0].at("list", "template"):
        yield from _unfilled(manifest, spec["template"], elements)


def _unfilled(manifest: Manifest, template: View, elements: list[View]) -> Iterator[Fault]:
    """The parameters of a template that an element does not have."""
    held = [set(each.mapping) for each in elements]
    common = set.intersection(*held) if held else set()
    text = json.dumps(template.value)
    is_go = manifest.view.at("spec", "goTemplate").value is True
    for dot, name in dict.fromkeys(_PARAMETER.findall(text)):
        if bool(dot) == is_go and name not in common:
            hint = nearest(name, common)
            message = f"the parameter {name!r} is not in every element of its list{hint}"
            yield Fault(message, manifest, template, detail=name)
