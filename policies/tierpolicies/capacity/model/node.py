"""A node as the scheduler sees it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tierpolicies.capacity.model.requests import resources
from tierpolicies.documents.view import View
from tierpolicies.platform import Taint

HOST = "kubernetes.io/hostname"
ZONE, OLD_ZONE = "topology.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/zone"
REGION = "topology.kubernetes.io/region"
_DEFAULT_PODS = "pods"


@dataclass(frozen=True, slots=True)
class Node:
    """A node with what it can give: CPU in millicores, memory and disk in bytes, the rest in units.

    `pods` is how many it takes; `volumes` how many attached ones, nothing for no limit. `images` are the
    sizes in bytes of what it has pulled. `pool` names its pool, where it is of one.
    """

    name: str
    allocatable: Mapping[str, int]
    pods: int = 110
    labels: Mapping[str, str] = field(default_factory=dict)
    taints: tuple[Taint, ...] = ()
    unschedulable: bool = False
    volumes: int | None = None
    images: Mapping[str, int] = field(default_factory=dict)
    pool: str = ""

    @property
    def zone(self) -> str:
        """Its zone, empty where it says none."""
        return self.labels.get(ZONE) or self.labels.get(OLD_ZONE, "")


def read_node(view: View) -> Node:
    """A Node object; a ModelError where a quantity is none."""
    given = resources(view.at("status", "allocatable")) or resources(view.at("status", "capacity"))
    metadata, spec = view["metadata"], view["spec"]
    taints = tuple(
        Taint(each["key"].text, each["value"].text, each["effect"].text) for each in spec["taints"]
    )
    limits = [amount for name, amount in given.items() if name.startswith("attachable-volumes-")]
    return Node(
        name=metadata["name"].text,
        allocatable={name: amount for name, amount in given.items() if name != _DEFAULT_PODS},
        pods=given.get(_DEFAULT_PODS, 0),
        labels=metadata["labels"].labels,
        taints=taints,
        unschedulable=spec["unschedulable"].value is True,
        volumes=min(limits, default=None),
        images={
            name.text: image["sizeBytes"].integer or 0
            for image in view.at("status", "images")
            for name in image["names"]
        },
    )
