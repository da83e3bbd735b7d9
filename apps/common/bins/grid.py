"""Places on the ground, and the grid by whose cells answers of the map are shared.

Near queries fall into one cell, and one search around the cell's centre answers them all. Let a query ask for
`radius` metres around a point, and let the cell be no more than `side` wide and high. The point is then at
most side / sqrt(2) from the centre, and every bin that the query wants at most radius + side / sqrt(2): by
the triangle inequality a search that far around the centre (`Cell.reach`) misses none. Cells are half as wide
as the radius they serve, so the search covers 1.8 times the area of the query, not more.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Final, Self

SOUTH, NORTH = 33.0, 39.0
"""Latitudes between which Kakao's map knows places: from Marado to the north of Goseong."""

WEST, EAST = 124.0, 132.0
"""Longitudes: from Baengnyeongdo to Dokdo."""

RADII: Final = (500, 1000, 2000, 5000)
"""Radii, in metres, that there is a grid for; a query uses the smallest that is not below its own."""

LARGEST_RADIUS: Final = RADII[-1]

# WGS 84: semi-major axis in metres, and the first eccentricity squared.
_AXIS = 6_378_137.0
_ECCENTRICITY = 0.006_694_379_990_14

# No degree within the bounds above is longer, in metres: so no cell is larger than it should be.
_LONGEST_LATITUDE = 111_100.0
_LONGEST_LONGITUDE = 93_500.0

# Kakao may reckon on a sphere, which is 0.5 % off the ellipsoid at most.
_TOLERANCE = 0.006
_CELL = re.compile(r"([0-9]{3,4})-([0-9]{1,5})-([0-9]{1,5})\Z")


@dataclass(frozen=True, slots=True)
class Point:
    """Degrees on WGS 84."""

    latitude: float
    longitude: float


def distance(one: Point, other: Point) -> float:
    """Metres between two points that are at most some ten kilometres apart.

    The ellipsoid is taken as flat there, with its radii of curvature at the middle latitude: within the
    bounds of the map that is less than 0.1 m off at 20 km.
    """
    middle = math.radians((one.latitude + other.latitude) / 2)
    flattening = 1 - _ECCENTRICITY * math.sin(middle) ** 2
    across = _AXIS / math.sqrt(flattening)
    along = across * (1 - _ECCENTRICITY) / flattening
    return math.hypot(
        along * math.radians(one.latitude - other.latitude),
        across * math.cos(middle) * math.radians(one.longitude - other.longitude),
    )


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of the grid for queries of at most `radius` metres."""

    radius: int
    row: int
    column: int

    @classmethod
    def of(cls, point: Point, radius: float) -> Self:
        """The cell that answers a query.

        Raises:
            ValueError: the point is not on the map, or the radius too large.
        """
        if not (SOUTH <= point.latitude <= NORTH and WEST <= point.longitude <= EAST):
            message = f"{point} is not on the map"
            raise ValueError(message)
        served = next((each for each in RADII if radius <= each), None)
        if served is None:
            message = f"a radius of {radius} m is more than {LARGEST_RADIUS} m"
            raise ValueError(message)
        height, width = _steps(served)
        row = math.floor((point.latitude - SOUTH) / height)
        return cls(served, row, math.floor((point.longitude - WEST) / width))

    @classmethod
    def parse(cls, text: str) -> Self:
        """The cell that writes itself as `text`.

        Raises:
            ValueError: there is none.
        """
        if (found := _CELL.match(text)) is not None:
            cell = cls(*map(int, found.groups()))
            if cell.radius in RADII and str(cell) == text and cell._on_map:
                return cell
        message = f"{text!r} is no cell of the grid"
        raise ValueError(message)

    def __str__(self) -> str:
        return f"{self.radius}-{self.row}-{self.column}"

    @property
    def centre(self) -> Point:
        height, width = _steps(self.radius)
        return Point(SOUTH + (self.row + 0.5) * height, WEST + (self.column + 0.5) * width)

    @property
    def reach(self) -> int:
        """Metres around the centre that a search must cover, so that it serves every query of the cell."""
        return math.ceil((self.radius + _side(self.radius) / math.sqrt(2)) * (1 + _TOLERANCE)) + 1

    @property
    def _on_map(self) -> bool:
        height, width = _steps(self.radius)
        return SOUTH + self.row * height <= NORTH and WEST + self.column * width <= EAST


def certain(metres: float) -> float:
    """What remains of a distance as Kakao reckons it when its way of reckoning may differ from ours."""
    return metres * (1 - _TOLERANCE)


def _side(radius: int) -> float:
    return radius / 2


def _steps(radius: int) -> tuple[float, float]:
    """Height and width of a cell in degrees."""
    return _side(radius) / _LONGEST_LATITUDE, _side(radius) / _LONGEST_LONGITUDE
