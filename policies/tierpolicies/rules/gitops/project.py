"""An Application's project is not there.

## What it does
Looks up `spec.project` of Applications and ApplicationSets among the AppProjects of the tree. A tree
without AppProjects is not judged; the project `default` is there in every Argo CD.

## Why is this bad
Argo CD refuses the Application (InvalidSpecError) and applies nothing of it.

## Example
```yaml
kind: Application
spec: {project: shpo}   # the AppProject is called shop
```

## Use instead
```yaml
kind: Application
spec: {project: shop}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.applications import GROUP, templates
from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.placeholders import has_placeholder
from tierpolicies.engine.rule import rule
from tierpolicies.engine.suggestion import nearest


@rule(
    severity=Severity.ERROR,
    remediation="Name an AppProject that is there, or add it.",
    rests_on=("AppProject",),
    needs=("AppProject",),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each project that nobody has made."""
    known = {each.name for each in context.index.of_kind("AppProject") if each.group == GROUP}
    if not known:
        return
    known.add("default")
    for template in templates(context.index):
        project = template.spec["project"]
        if project.text and project.text not in known and not has_placeholder(project.text):
            message = f"no AppProject is called {project.text!r}{nearest(project.text, known)}"
            yield Fault(message, template.manifest, project)
