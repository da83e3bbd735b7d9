"""No schema is known for an object's kind.

## What it does
Reports objects whose kind neither a version of Kubernetes, nor a CustomResourceDefinition in the tree or
named by the description, nor a bundled schema for custom resources knows. While a definition
cannot be read, kinds of groups that may be its own are left alone.

## Why is this bad
Such an object is not checked at all: a misspelt kind, or a field nobody reads, would pass unseen.

## Example
```yaml
apiVersion: apps/v1
kind: Deploymnet
```

## Use instead
```yaml
apiVersion: apps/v1
kind: Deployment
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.suggestion import nearest

DEFINITIONS = ("CustomResourceDefinition",)
_TOOL = "A tool reads this file, and no API server takes it: keep it out of the folder that is applied."
NEVER_SENT = {
    "kustomize.config.k8s.io": "Check what `kustomize build` writes, and not the folder it builds from.",
    **dict.fromkeys(
        (
            "apiserver.config.k8s.io",
            "audit.k8s.io",
            "eksctl.io",
            "kind.x-k8s.io",
            "kubeadm.k8s.io",
            "kubelet.config.k8s.io",
            "kubeproxy.config.k8s.io",
            "kubescheduler.config.k8s.io",
            "skaffold",
        ),
        _TOOL,
    ),
}
"""Groups of kinds that no API server is ever sent, and what is to be done about such a file."""


@rule(
    severity=Severity.ERROR,
    remediation="Correct apiVersion and kind, or add the CustomResourceDefinition of this kind.",
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each object of a kind without a schema."""
    unread = context.lacks(DEFINITIONS)
    for manifest in context.index.manifests:
        if context.catalog.knows(manifest):
            continue
        group = manifest.group
        if unread and "." in group and not group.endswith(".k8s.io"):
            continue
        mend = NEVER_SENT.get(group)
        api_version, kind = manifest.subject[:2]
        hint = "" if mend else nearest(f"{api_version}/{kind}", context.catalog.names())
        told = f"no schema knows {api_version}/{kind}{hint}"
        yield Fault(told, manifest, "/kind", remediation=mend)
