"""How the pods of a new version take the place of the old ones."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tiered.errors import TieredError
from tiered.manifest import Body

_PERCENTAGE = re.compile(r"(\d{1,2}|100)%\Z")


@dataclass(frozen=True, kw_only=True)
class Rollout:
    """A rolling update within two bounds.

    Args:
        max_surge: pods above the wanted number, as a number or a percentage ("25%").
        max_unavailable: pods below the wanted number, likewise.

    Raises:
        TieredError: neither leaves room to roll, or one is no number and no percentage.
    """

    max_surge: int | str = 1
    max_unavailable: int | str = 0

    def __post_init__(self) -> None:
        for bound in (self.max_surge, self.max_unavailable):
            if not (_PERCENTAGE.match(bound) if isinstance(bound, str) else bound >= 0):
                raise TieredError(f"{bound!r} is neither a number of pods nor a percentage: write 1 or '25%'")
        if self.max_surge in (0, "0%") and self.max_unavailable in (0, "0%"):
            raise TieredError("max_surge and max_unavailable are both 0: set one of them to 1")

    @property
    def strategy(self) -> Body:
        bounds = {"maxSurge": self.max_surge, "maxUnavailable": self.max_unavailable}
        return {"type": "RollingUpdate", "rollingUpdate": bounds}


SURGE_FIRST = Rollout()
"""Never fewer pods than wanted: needs room for one more."""

ROOM_FIRST = Rollout(max_surge=0, max_unavailable=1)
"""Never more pods than wanted: the one that a full tier has room for."""
