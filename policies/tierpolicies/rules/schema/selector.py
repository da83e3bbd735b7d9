"""A workload's selector does not match the labels of its own pods.

## What it does
Compares the selector of Deployments, StatefulSets, DaemonSets, ReplicaSets and
ReplicationControllers with the labels of their pod template.

## Why is this bad
The API server refuses the object: it would make pods for ever and recognise none.

## Example
```yaml
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: wbe}}
```

## Use instead
```yaml
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
```
"""

from collections.abc import Iterator

from tierpolicies.documents.view import View
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.selector import unmet, unmet_labels
from tierpolicies.engine.workload import Pod

_KINDS = ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet")


@rule(
    each=Pod,
    severity=Severity.ERROR,
    remediation="Give the pod template the labels that the selector asks for.",
    known_as=(
        "kube-linter:mismatching-selector",
        "kube-score:deployment-pod-selector-labels-match-template-metadata-labels",
        "kube-score:statefulset-pod-selector-labels-match-template-metadata-labels",
    ),
)
def check(pod: Pod) -> Iterator[Fault]:
    """Reports each term of a selector that the pods do not meet."""
    manifest = pod.manifest
    selector = manifest.view.at("spec", "selector")
    if manifest.kind == "ReplicationController":  # its selector is a mapping of labels
        terms = unmet_labels(selector, pod.labels)
    elif manifest.kind in _KINDS:
        terms = unmet(selector, pod.labels)
    else:
        return
    for term in terms:
        message = f"the selector asks for {_said(term)}, which the pods of the template do not meet"
        yield Fault(message, manifest, term)


def _said(term: View) -> str:
    if not isinstance(term.value, dict):
        return f"{term.path[-1]}={term.value}"
    values = ", ".join(each.text for each in term["values"])
    return f"{term['key'].text} {term['operator'].text}{f' ({values})' if values else ''}"
