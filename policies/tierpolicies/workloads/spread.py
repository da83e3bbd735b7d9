"""What keeps the pods of a workload apart: anti-affinity and topology spread constraints.

Source: kubernetes core/v1 PodAffinityTerm and TopologySpreadConstraint. A selector that is missing
matches no pod; an anti-affinity without namespaces means those of the pod's own.
"""

from collections.abc import Iterator
from typing import NamedTuple

from tierpolicies.documents.view import View
from tierpolicies.engine.index import DEFAULT_NAMESPACE
from tierpolicies.engine.selector import unmet
from tierpolicies.engine.workload import Pod

HOST = "kubernetes.io/hostname"


class Term(NamedTuple):
    """A term of a pod's anti-affinity; a required one keeps pods pending that it cannot keep apart."""

    view: View
    is_required: bool

    @property
    def topology(self) -> str:
        """The label of nodes that tells domains apart."""
        return self.view["topologyKey"].text


def anti_affinity(pod: Pod) -> Iterator[Term]:
    """The terms of a pod's anti-affinity."""
    own = pod.spec["affinity"]["podAntiAffinity"]
    for view in own["requiredDuringSchedulingIgnoredDuringExecution"]:
        yield Term(view, True)
    for weighted in own["preferredDuringSchedulingIgnoredDuringExecution"]:
        yield Term(weighted["podAffinityTerm"], False)


def constraints(pod: Pod) -> View:
    """The pod's topology spread constraints."""
    return pod.spec["topologySpreadConstraints"]


def other_pods(term: Term, pod: Pod) -> tuple[str, View] | None:
    """Why a term does not mean the pods that it stands in, and where; nothing where it does."""
    home = pod.manifest.namespace or DEFAULT_NAMESPACE
    namespaces = [each.text for each in term.view["namespaces"]]
    if namespaces and home not in namespaces and not term.view["namespaceSelector"]:
        return f"it looks at {', '.join(namespaces)}, and the pods are in {home}", term.view["namespaces"]
    return unselected(term.view["labelSelector"], pod)


def unselected(selector: View, pod: Pod) -> tuple[str, View] | None:
    """Why a LabelSelector does not match the pod that it stands in, and where; nothing where it does."""
    if not isinstance(selector.value, dict):
        return "it has no labelSelector, so it matches no pod", selector
    failed = next(unmet(selector, pod.labels), None)
    if failed is None:
        return None
    if failed.text:
        key = str(failed.path[-1])
        has = f"have {key}={pod.labels[key]}" if key in pod.labels else f"have no {key}"
        return f"it wants {key}={failed.text}, and the pods {has}", failed
    return f"its term on {failed['key'].text!r} is not met by the pods' labels", failed


def host_ports(pod: Pod) -> Iterator[View]:
    """The ports of the node that a pod takes, so that no other one of its kind fits there."""
    is_host = pod.spec["hostNetwork"].value is True
    for container in pod.running:
        for port in container["ports"]:
            if port["hostPort"].integer or (is_host and port["containerPort"].integer):
                yield port
