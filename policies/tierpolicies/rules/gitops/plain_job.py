"""A Job that Argo CD applies cannot be applied again.

## What it does
Reports Jobs that an Application with automated sync applies, that are no hooks, and that neither their sync
options nor the Application's replace (`Replace=true`, `Force=true`).

## Why is this bad
The template of a Job cannot be changed: with the next image the sync fails, and with it all that comes after.
A Job that is deleted when it is done is missing then, and runs again with every sync.

## Example
```yaml
kind: Job
metadata: {name: migrate}
```

## Use instead
```yaml
kind: Job
metadata:
  name: migrate
  annotations:
    argocd.argoproj.io/hook: Sync
    argocd.argoproj.io/hook-delete-policy: BeforeHookCreation
```
"""

from collections.abc import Iterator

from tierpolicies.delivery.sync_annotations import HOOK, OPTIONS, annotation, words
from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.applications import Owners, Sources
from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule

_REPLACING = frozenset(("Replace=true", "Force=true"))


@rule(
    severity=Severity.WARNING,
    remediation="Make the Job a hook that is deleted before it is created anew.",
    needs=("Application",),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each Job that is applied like any other object."""
    jobs = [each for each in context.index.of_kind("Job") if _is_plain(each)]
    owners = Owners(Sources(context.tree, is_whole=context.platform is not None)) if jobs else None
    for job in jobs:
        for application in owners.of(job.file)[:1] if owners else ():
            policy = application.view.at("spec", "syncPolicy")
            if policy["automated"] and _REPLACING.isdisjoint(each.text for each in policy["syncOptions"]):
                message = f"{application.name} applies the Job like any other object: it cannot be changed"
                yield Fault(message, job, annotation(job, HOOK))


def _is_plain(job: Manifest) -> bool:
    annotations = job.view.at("metadata", "annotations").mapping
    if job.group != "batch" or HOOK in annotations or "helm.sh/hook" in annotations:
        return False
    options = {word.text for word in words(annotation(job, OPTIONS).text)}
    return options.isdisjoint(_REPLACING) and not job.view.at("metadata", "generateName")
