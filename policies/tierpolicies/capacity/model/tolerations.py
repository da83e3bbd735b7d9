"""Which taints a pod bears."""

from collections.abc import Iterable
from typing import NamedTuple

from tierpolicies.documents.view import View
from tierpolicies.platform import Taint

HARD = ("NoSchedule", "NoExecute")


class Toleration(NamedTuple):
    """A toleration; an empty key or effect means any."""

    key: str
    operator: str
    value: str
    effect: str

    def bears(self, taint: Taint) -> bool:
        """Whether it matches a taint, as core/v1 Toleration.ToleratesTaint does."""
        if self.effect not in ("", taint.effect) or self.key not in ("", taint.key):
            return False
        if self.operator == "Exists":
            return True
        return bool(self.key) and self.operator in ("", "Equal") and self.value == taint.value


def tolerations(pod: View) -> tuple[Toleration, ...]:
    """The tolerations of a pod's spec."""
    return tuple(map(toleration, pod["tolerations"]))


def toleration(view: View) -> Toleration:
    """One toleration."""
    return Toleration(view["key"].text, view["operator"].text, view["value"].text, view["effect"].text)


def untolerated(taints: Iterable[Taint], borne: tuple[Toleration, ...]) -> Taint | None:
    """The first taint that keeps a pod away; PreferNoSchedule never does."""
    for taint in taints:
        if taint.effect in HARD and not any(each.bears(taint) for each in borne):
            return taint
    return None
