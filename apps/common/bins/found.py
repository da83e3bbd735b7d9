"""What the map said about a cell, as it is kept in redis-cache."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

from apps.common.bins.grid import Cell, Point, distance
from apps.common.bins.kinds import Kind

FRESH: Final = timedelta(minutes=10)
"""How long an answer of the map is as good as a new one."""

KEPT: Final = timedelta(days=7)
"""How long it is better than none."""

LOCK_SECONDS: Final = 10
"""After which somebody else may ask the map about a cell, should who was at it have died."""

_Degrees = Annotated[float, Field(allow_inf_nan=False)]


class Place(BaseModel):
    """A bin, or who takes things back."""

    model_config = ConfigDict(frozen=True)

    id: str
    name: str
    address: str
    url: str
    latitude: _Degrees
    longitude: _Degrees


class CellBins(BaseModel):
    """The bins of one kind around a cell's centre."""

    model_config = ConfigDict(frozen=True)

    fetched_at: float
    """Seconds since the epoch."""
    covered: float
    """Metres around the centre in which none is missing: the map tells no more than 45 places a search."""
    places: tuple[Place, ...]

    def age(self, now: float) -> float:
        """Seconds since the map was asked."""
        return max(0.0, now - self.fetched_at)

    def fresh(self, now: float) -> bool:
        return self.age(now) < FRESH.total_seconds()

    def nearest(self, point: Point, radius: float) -> list[tuple[float, Place]]:
        """The places within `radius` metres of `point` with their distances, nearest first."""
        reached = [
            (metres, place)
            for place in self.places
            if (metres := distance(point, Point(place.latitude, place.longitude))) <= radius
        ]
        return sorted(reached, key=lambda each: (each[0], each[1].id))

    def certain_within(self, cell: Cell, point: Point, radius: float) -> float:
        """Metres around `point`, at most `radius`, in which `nearest` misses nothing."""
        return max(0.0, min(radius, self.covered - distance(point, cell.centre)))


def cache_key(kind: Kind, cell: Cell) -> str:
    """Where a `CellBins` lies in redis-cache, for `KEPT`."""
    return f"bins:{kind}:{cell}"


def lock_key(kind: Kind, cell: Cell) -> str:
    """The lock, in redis, of who asks the map: the cache might evict it."""
    return f"lock:bins:{kind}:{cell}"
