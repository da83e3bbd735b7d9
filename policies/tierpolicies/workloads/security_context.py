"""The security contexts of a pod and its containers, and what the Pod Security Standards say by version.

The standards are a part of Kubernetes: what each level refuses depends on the version. The rules hold
those of the oldest version that the objects must run on. Source: kubernetes/pod-security-admission.
"""

from collections.abc import Iterator

from tierpolicies.documents.nodes import Value
from tierpolicies.documents.view import View
from tierpolicies.engine.context import Context
from tierpolicies.engine.workload import Pod

RESTRICTED = ("pod-security-restricted",)
"""The group of a rule that only the restricted level has."""
BASELINE = ("pod-security-baseline", *RESTRICTED)
"""The groups of a rule of the baseline level: the restricted one contains it."""


def settings(owner: View) -> dict[str, Value]:
    """What the securityContext of a pod's spec or of a container says; empty where there is none."""
    value = owner.mapping.get("securityContext")
    return value if isinstance(value, dict) else {}


def setters(pod: Pod) -> Iterator[tuple[View, dict[str, Value]]]:
    """The pod's spec, then its containers, each with its security context, where it has one."""
    for owner in (pod.spec, *(container.view for container in pod.containers)):
        if found := settings(owner):
            yield owner, found


def named(pod: Pod, owner: View) -> str:
    """Who sets something, in words: the pod or one of its containers."""
    return "the pod" if owner is pod.spec else f"the container {owner['name'].text!r}"


def chosen(pod: Pod, owner: View, key: str) -> tuple[Value, View]:
    """The value of a key that holds for a container, its own or else the pod's, and who sets it.

    Nothing, and the container, where neither does.
    """
    own = settings(owner).get(key)
    if own is not None:
        return own, owner
    inherited = settings(pod.spec).get(key)
    return inherited, owner if inherited is None else pod.spec


def minor(context: Context) -> int:
    """The minor version of Kubernetes whose standards hold: 28 for 1.28."""
    return int(context.versions[0].partition(".")[2])


def has_own_users(pod: Pod) -> bool:
    """Whether the pod's user ids are not the node's (`hostUsers: false`)."""
    return pod.spec["hostUsers"].value is False
