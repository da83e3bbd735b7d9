"""A role is put together of roles that nobody chose, or slips rights into everybody's.

## What it does
Reports an aggregation rule whose selector takes every ClusterRole, and ClusterRoles that are labelled to
become a part of `view` and read Secrets, or of `view` or `edit` and hold a wildcard.

## Why is this bad
A rule of all roles is cluster-admin under another name. What is added to `view` or `edit` is added for
everybody who has them, in all namespaces.

## Example
```yaml
aggregationRule: {clusterRoleSelectors: [{}]}
```

## Use instead
```yaml
aggregationRule: {clusterRoleSelectors: [{matchLabels: {shop.example.org/aggregate-to-shop: "true"}}]}
```
"""

from collections.abc import Iterator

from tierpolicies.access.roles import ANY, GROUP, Grant, grants
from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule

_PREFIX = f"{GROUP}/aggregate-to-"


@rule(
    each=Manifest,
    kinds=("ClusterRole",),
    severity=Severity.WARNING,
    remediation="Select by a label of your own, and keep Secrets and wildcards out of view and edit.",
)
def check(manifest: Manifest) -> Iterator[Fault]:
    """Reports selectors of all, and parts that a role of readers should not have."""
    for selector in manifest.view.at("aggregationRule", "clusterRoleSelectors"):
        if not selector["matchLabels"].mapping and not any(selector["matchExpressions"]):
            yield Fault("the role takes in the rules of every ClusterRole", manifest, selector)
    labels = manifest.labels
    for name in ("view", "edit"):
        if labels.get(_PREFIX + name) == "true":
            for grant in grants(manifest):
                if what := _excess(grant, name):
                    message = f"the built-in role {name} gets {what} by this role's label"
                    yield Fault(message, manifest, grant.view, detail=name)


def _excess(grant: Grant, name: str) -> str:
    if ANY in grant.verbs or any(each.text == ANY for each in grant.view["resources"]):
        return "a wildcard"
    reads_secrets = name == "view" and any(grant.resources("", ("secrets",)))
    return "access to Secrets" if reads_secrets else ""
