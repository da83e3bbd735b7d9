"""How the pods of a tier, or of one workload in it, rank when a node is full."""

from __future__ import annotations

from constructs import Construct

from tiered.component import Component
from tiered.errors import TieredError
from tiered.manifest import Body, Wave

_HIGHEST = 1_000_000_000


class PriorityClass(Component):
    """A rank; pods of a higher one are placed first and may push out lower ones (Kubernetes' default).

    Args:
        name: of the PriorityClass.
        value: the rank, up to 1,000,000,000. It cannot be changed once applied: a new rank needs a new name.
        description: for whom it is, in a sentence.
        preempts: whether its pods may push out pods of a lower rank; without, they only go first.

    Raises:
        TieredError: name or value are kept for the system.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002 - the name that constructs give it
        *,
        name: str,
        value: int,
        description: str,
        preempts: bool = True,
    ) -> None:
        super().__init__(scope, id)
        if value > _HIGHEST:
            raise TieredError(
                f"PriorityClass {name!r}: {value} is above {_HIGHEST}, which is kept for the system: lower it"
            )
        if name.startswith("system-"):
            raise TieredError(
                f"PriorityClass {name!r}: names that begin with 'system-' are kept for Kubernetes: rename it"
            )
        policy: Body = {} if preempts else {"preemptionPolicy": "Never"}
        self.add(
            "scheduling.k8s.io/v1",
            "PriorityClass",
            name,
            wave=Wave.CLUSTER,
            cluster_scoped=True,
            value=value,
            description=description,
            **policy,  # type: ignore[arg-type]  # a field of the object, none of add's own
        )
