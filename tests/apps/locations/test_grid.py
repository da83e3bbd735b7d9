"""The grid misses no bin: held against geodesics and a search through all places."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.common.bins.found import CellBins, Place
from apps.common.bins.grid import (
    EAST,
    LARGEST_RADIUS,
    NORTH,
    RADII,
    SOUTH,
    WEST,
    Cell,
    Point,
    certain,
    distance,
)
from tests.servers.kakao_map import geodesic

points = st.builds(Point, st.floats(SOUTH, NORTH), st.floats(WEST, EAST))
radii = st.integers(1, LARGEST_RADIUS)


def _moved(point: Point, metres: float, direction: float) -> Point:
    """A point some way off, about as far as said."""
    north = metres * math.cos(direction) / 111_000
    east = metres * math.sin(direction) / (111_320 * math.cos(math.radians(point.latitude)))
    return Point(point.latitude + north, point.longitude + east)


def _true(one: Point, other: Point) -> float:
    return geodesic(one.latitude, one.longitude, other.latitude, other.longitude)


neighbours = st.tuples(points, st.floats(0, 20_000), st.floats(0, 2 * math.pi)).map(
    lambda drawn: (drawn[0], _moved(*drawn))
)


@given(neighbours)
def test_distances_are_those_of_the_ellipsoid(pair):
    assert distance(*pair) == pytest.approx(_true(*pair), abs=0.1)
    assert distance(*pair) == distance(*reversed(pair))


def _on_a_sphere(one: Point, other: Point) -> float:
    a, b = math.radians(one.latitude), math.radians(other.latitude)
    c = math.radians(one.longitude - other.longitude)
    half = math.sin((a - b) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(c / 2) ** 2
    return 2 * 6_371_008.8 * math.asin(math.sqrt(half))


@given(points, radii, st.floats(0, 1), st.floats(0, 2 * math.pi))
def test_a_search_around_the_cell_reaches_every_bin_of_the_query(point, radius, share, direction):
    bin_ = _moved(point, radius * share, direction)
    if _true(point, bin_) > radius:
        return
    cell = Cell.of(point, radius)
    assert _true(cell.centre, bin_) <= cell.reach
    assert _on_a_sphere(cell.centre, bin_) <= cell.reach


@given(points, radii)
def test_a_cell_is_no_larger_than_the_grid_says(point, radius):
    cell = Cell.of(point, radius)
    assert radius <= cell.radius in RADII
    assert _true(point, cell.centre) <= cell.radius / 2 / math.sqrt(2) + 0.01
    assert cell.reach <= 20_000


@given(points, radii)
def test_a_cell_is_read_as_it_is_written(point, radius):
    cell = Cell.of(point, radius)
    assert Cell.parse(str(cell)) == cell


@given(st.text() | st.from_regex(r"\A[0-9]{1,5}-[0-9]{1,6}-[0-9]{1,6}\Z"))
def test_what_is_no_cell_is_refused_and_the_rest_is_on_the_map(text):
    try:
        cell = Cell.parse(text)
    except ValueError:
        return
    assert str(cell) == text
    assert SOUTH <= cell.centre.latitude <= NORTH + 1
    assert WEST <= cell.centre.longitude <= EAST + 1


@pytest.mark.parametrize("text", ["500-01-1", "500-1-1\n", "501-1-1", "500--1-1", "500-99999-1", "500-1-1-1"])
def test_near_misses_are_no_cells(text):
    with pytest.raises(ValueError, match="no cell"):
        Cell.parse(text)


@pytest.mark.parametrize(
    "point", [Point(32.9, 127), Point(39.1, 127), Point(37, 123.9), Point(37, 132.1), Point(math.nan, 127)]
)
def test_what_is_not_on_the_map_has_no_cell(point):
    with pytest.raises(ValueError, match="not on the map"):
        Cell.of(point, 500)
    with pytest.raises(ValueError, match="more than"):
        Cell.of(Point(37, 127), LARGEST_RADIUS + 1)


@given(
    points,
    st.lists(st.tuples(st.floats(0, 8_000), st.floats(0, 2 * math.pi)), max_size=30),
    radii,
    st.floats(0, 7_000),
)
def test_answers_are_the_oracles_as_far_as_they_are_said_to_be_certain(point, around, radius, told):
    """The oracle sees all places; the answer only those that the map told of, within `told` of the centre."""
    cell = Cell.of(point, radius)
    everywhere = {str(number): _moved(point, *where) for number, where in enumerate(around)}
    known = {name: place for name, place in everywhere.items() if _on_a_sphere(cell.centre, place) <= told}
    bins = CellBins(
        fetched_at=0,
        covered=certain(told),
        places=tuple(
            Place(
                id=name,
                name="",
                address="",
                url="http://x",
                latitude=place.latitude,
                longitude=place.longitude,
            )
            for name, place in known.items()
        ),
    )
    answered = bins.nearest(point, radius)
    assert [metres for metres, _ in answered] == sorted(metres for metres, _ in answered)
    assert all(metres <= radius for metres, _ in answered)
    sure = bins.certain_within(cell, point, radius)
    wanted = {name for name, place in everywhere.items() if distance(point, place) < sure}
    assert {place.id for metres, place in answered if metres < sure} == wanted
