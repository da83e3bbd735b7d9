"""A definition of custom kinds that the description names cannot be read.

## What it does
Reports what is wrong with the files under `crds`: one that is not there, is no YAML, or holds no
CustomResourceDefinition at all; and a definition without a schema, by which everything would pass.

## Why is this bad
Resources of the kinds that it should define are not checked, or only by what is known of them otherwise.

## Example
```yaml
policies: {crds: [crd]}   # the folder is called crds
```

## Use instead
```yaml
policies: {crds: [crds]}
```
"""

from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.platform import Place


@rule(severity=Severity.ERROR, remediation="Name files or folders that hold CustomResourceDefinitions.")
def check(context: Context) -> Iterator[Fault]:
    """Reports each file of definitions that cannot be used."""
    if not context.settings.crds:
        return
    for each in context.catalog.unreadable:
        problem = each.problem
        place = Place(each.file, problem.line, problem.column)
        yield Fault(problem.message, file=place, remediation=problem.mend or None)
    for path in context.catalog.empty:
        yield Fault("no CustomResourceDefinition is here", file=Place(path, 1))
    for definition in context.catalog.further:
        yield from _unchecked(definition)


def _unchecked(definition: Manifest) -> Iterator[Fault]:
    """The versions of a definition that would let everything pass; those of v1beta1 share one schema."""
    spec = definition.view["spec"]
    for version in spec["versions"]:
        if not version.at("schema", "openAPIV3Schema") and not spec["validation"]:
            told = f"the version {version['name'].text} of {definition.name} has no schema"
            yield Fault(f"{told}, so nothing of it can be checked", definition, version)
