"""VolumeRestrictions: a volume ReadWriteOncePod takes one pod in the whole cluster."""

from collections.abc import Callable

from tierpolicies.capacity.scheduler.cluster import Cluster
from tierpolicies.capacity.scheduler.refusal import Refusal

_IN_USE = "PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod"
_REFUSED = Refusal((f"node(s) unavailable due to {_IN_USE}",), "VolumeRestrictions")


def for_template(cluster: Cluster, template: int) -> Callable[[], Callable[[int], Refusal | None]] | None:
    """The filter; none for pods without such a volume."""
    claims = [each.claim for each in cluster.templates[template].volumes if each.exclusive]
    if not claims:
        return None

    def prepare() -> Callable[[int], Refusal | None]:
        refused = _REFUSED if any(cluster.exclusive.get(claim) for claim in claims) else None
        return lambda _node: refused

    return prepare
